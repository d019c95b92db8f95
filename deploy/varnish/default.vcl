vcl 4.1;

# Varnish 7 in front of Caveat: what anybody may have is kept here, and dropped by surrogate keys.
# Needs varnish-modules (xkey, var), and of Caveat:
#
#   CAVEAT_SURROGATE_KEYS=varnish CAVEAT_PURGE_URLS=http://127.0.0.1:6081/ caveat serve
#   and a worker with the same settings (caveat work, or CAVEAT_BACKGROUND_WORK=true)
#
# Bound the memory, that of short-lived objects too:
#
#   varnishd -a :6081 -f default.vcl -s malloc,256m -s Transient=malloc,64m

import std;
import var;
import xkey;

backend caveat {
    .host = "127.0.0.1";
    .port = "8000";
    .max_connections = 100;
    .connect_timeout = 1s;
    .first_byte_timeout = 60s;
    .between_bytes_timeout = 10s;
    .probe = {
        .url = "/healthz";
        .interval = 1s;
        .timeout = 2s;
        .window = 3;
        .threshold = 2;
        .initial = 2;
    }
}

# Where `caveat work` runs.
acl purgers {
    "127.0.0.1";
    "::1";
}

sub vcl_init {
    var.global_set("purges", "none yet");
}

sub vcl_recv {
    if (req.method == "PURGE") {
        call purge;
    }
    if (req.method != "GET" && req.method != "HEAD") {
        var.set("cache", "fwd=method");
        return (pass);
    }
    # With a key the origin answers, so that its limits, usage and ledger see every request.
    if (req.http.Authorization) {
        var.set("cache", "fwd=bypass");
        return (pass);
    }
    call normalise_accept;
    unset req.http.Cookie;  # Caveat reads none
    # What has expired is given only where the origin does not answer: see vcl_synth.
    set req.grace = 0s;
    if (req.restarts > 0 || !std.healthy(req.backend_hint)) {
        set req.grace = 300s;
    }
    return (hash);
}

# Hard, never softly: what was withdrawn must not be given as stale.
sub purge {
    # Behind a proxy everybody has its address, and more than one stands in X-Forwarded-For.
    if (client.ip !~ purgers || req.http.X-Forwarded-For ~ ",") {
        return (synth(403, "Not allowed"));
    }
    if (req.http.xkey-purge !~ "\S") {
        return (synth(400, "No xkey-purge"));
    }
    var.global_set("purges", req.xid);  # before the purge: see vcl_backend_response
    set req.http.purged = xkey.purge(req.http.xkey-purge);
    return (synth(200, "Purged " + req.http.purged));
}

# Accept is replaced by one of nine values for which the origin chooses the same format, so that
# nobody can split the cache by it. What none of them stands for is asked of the origin.
sub normalise_accept {
    if (req.url ~ "^[^?]*\.[a-z0-9]+(\?|$)") {  # an address with a suffix has one format
        unset req.http.Accept;
    }
    if (req.http.Accept ~ "^\s*$") {
        unset req.http.Accept;
    }
    if (!req.http.Accept) {
        return;
    }
    var.set("accept", req.http.Accept);
    set req.http.Accept = regsuball(std.tolower(req.http.Accept), "\s*([,;=]|^|$)\s*", "\1");
    # Our formats are marked by @; one that was sent is as odd as a quotation mark.
    set req.http.Accept = regsuball(regsuball(req.http.Accept, "@", {"""}),
        "(application/json|text/html|text/markdown|application/ld\+json)", "@\1@");
    if (req.http.Accept ~ {"["]"} || req.http.Accept !~ "[@*]" ||
        # two formats of ours, or one that is not what is liked best
        req.http.Accept ~ "@.*@.*@" ||
        (req.http.Accept ~ "@" && req.http.Accept !~ "^@[^@]+@(;charset=utf-8)?(,|$)") ||
        # anything but one plain wildcard
        (req.http.Accept ~ "\*" && req.http.Accept !~
            "^([^*]*,)?\*/\*(;q=(1(\.0+)?|0?\.[0-9]*[1-9][0-9]*))?(,[^*]*)?$")) {
        set req.http.Accept = var.get("accept");
        var.set("cache", "fwd=bypass");
        return (pass);
    }
    if (req.http.Accept !~ "@") {
        unset req.http.Accept;
    } elsif (req.http.Accept ~ "\*") {
        set req.http.Accept = regsub(req.http.Accept, "^@([^@]+)@.*$", "\1, */*;q=0.1");
    } else {
        set req.http.Accept = regsub(req.http.Accept, "^@([^@]+)@.*$", "\1");
    }
}

sub vcl_hash {
    hash_data(req.url);  # no host: Caveat answers the same to all
    return (lookup);
}

sub vcl_hit {
    var.set("cache", "hit");
}

sub vcl_miss {
    var.set("cache", "fwd=miss");
}

sub vcl_backend_fetch {
    var.set("purges", var.global_get("purges"));
}

sub vcl_backend_response {
    # This makes entity tags weak. What the desk gives (no-store) keeps its own, for If-Match.
    if (beresp.http.Cache-Control ~ "max-age" && beresp.status != 206 &&
        beresp.http.Content-Type ~ "^(text/|application/.*(json|xml|yaml))") {
        set beresp.do_gzip = true;
    }
    if (bereq.uncacheable) {
        return (deliver);
    }
    if (beresp.http.Cache-Control !~ "public" || beresp.ttl <= 0s) {
        set beresp.uncacheable = true;
        set beresp.ttl = 120s;  # for which nobody waits for another's answer
        return (deliver);
    }
    # Asked for before something was purged, and answered after: nobody could purge it any more.
    if (var.get("purges") != var.global_get("purges")) {
        set beresp.uncacheable = true;
        set beresp.ttl = 1s;
        return (deliver);
    }
    set beresp.grace = 300s;
    set beresp.keep = 300s;  # to ask whether it is still the same
    return (deliver);
}

sub vcl_backend_error {
    return (abandon);
}

sub vcl_deliver {
    call finish;
    if (resp.http.Cache-Status) {
        set resp.http.Cache-Status = resp.http.Cache-Status + ", ";
    }
    set resp.http.Cache-Status = resp.http.Cache-Status + "varnish; " + var.get("cache");
    if (var.get("cache") == "hit") {
        set resp.http.Cache-Status =
            resp.http.Cache-Status + "; ttl=" + std.integer(duration=obj.ttl);
    } elsif (var.get("cache") == "fwd=miss" && !obj.uncacheable) {
        set resp.http.Cache-Status = resp.http.Cache-Status + "; stored";
    }
}

sub finish {
    unset resp.http.xkey;
    unset resp.http.X-Varnish;
}

sub vcl_synth {
    call finish;
    if (req.method == "PURGE") {
        return (deliver);
    }
    # The origin does not answer: what was kept is better than nothing, for five minutes.
    if (resp.status == 503 && req.restarts == 0 && var.get("cache") == "fwd=miss") {
        return (restart);
    }
    # Else the problem that Caveat itself would send (RFC 9457), because a refusal keeps the help.
    set resp.status = 503;
    set resp.http.Content-Type = "application/problem+json";
    set resp.http.Cache-Control = "no-store";
    set resp.http.Retry-After = "5";
    set resp.http.Access-Control-Allow-Origin = "*";
    set resp.http.Cache-Status = "varnish; fwd=miss; detail=unreachable";
    set resp.body = """{"detail":"The origin cannot be reached.","help":[{"actions":[],"kind":"emergency","label":"Your local emergency number","phrase":"your local emergency number"},{"actions":[{"label":"Find a helpline","type":"link","value":"https://findahelpline.com/"}],"kind":"crisis","label":"Find A Helpline","phrase":"Find a helpline at findahelpline.com."},{"actions":[],"kind":"poison","label":"Your local poison centre","phrase":"your local poison centre"},{"actions":[{"label":"Find a helpline","type":"link","value":"https://findahelpline.com/"}],"kind":"directory","label":"Find A Helpline","phrase":"findahelpline.com"}],"status":503,"title":"The service is not ready","type":"/problems/unavailable","your_copy":"keep"}""";
    return (deliver);
}
