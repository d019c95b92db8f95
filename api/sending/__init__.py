"""Sending: events go out to partners' endpoints, which are strangers' machines.

addresses    which addresses may be connected to at all
posting      one signed request, bounded in every way
sender       who is told what, in which order, by which worker
"""
