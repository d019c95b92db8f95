"""Sending: events go out to partners' endpoints, which are strangers' machines.

addresses    which addresses may be connected to at all
agenda       what an endpoint is to be told next
posting      one signed request, bounded in every way
sender       looks after endpoints, each in its own pace
writing      writes down what became of it, of many at a time
beside       a sender in a thread of its own
"""
