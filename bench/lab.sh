#!/usr/bin/env bash
# A post office for the load generator: lab.sh start|stop|fresh|env
#   fresh  stops it, makes a new data folder with the users u1@lab.test … u400@lab.test (passwords pass1 …), starts it
#   start  starts it on the data that are there;  stop  ends it;  env  prints the target file
# LAB folder (default .yubin/lab beside this repository's yubin), LAB_BASE first port (26000), SINK port for relay.test.
set -euo pipefail
root=$(cd "$(dirname "$(readlink -f "$0")")/.." && pwd -P)
lab=${LAB:-$root/.yubin/lab}
base=${LAB_BASE:-26000}
sink=${SINK:-$((base + 525))}
yubin() { "$root/yubin" "$@" --config "$lab/yubin.toml"; }

stop() {
    local pid
    pid=$(cat "$lab/pid" 2>/dev/null) || return 0
    kill "$pid" 2>/dev/null || { rm -f "$lab/pid"; return 0; }
    for _ in $(seq 100); do kill -0 "$pid" 2>/dev/null || break; sleep 0.1; done
    rm -f "$lab/pid"
}

start() {
    stop
    setsid "$root/yubin" serve --config "$lab/yubin.toml" >"$lab/log" 2>&1 </dev/null &
    echo $! >"$lab/pid"
    for _ in $(seq 100); do
        if ! kill -0 "$(cat "$lab/pid")" 2>/dev/null; then break; fi
        if grep -q 'yubin: open' "$lab/log" && (exec 3<>"/dev/tcp/127.0.0.1/$((base + 143))") 2>/dev/null; then return 0; fi
        sleep 0.1
    done
    cat "$lab/log" >&2
    return 1
}

env_file() {
    cat <<EOF
NAME=yubin
HOST=127.0.0.1
IMAP=$((base + 143))
IMAPS=$((base + 993))
POP3=$((base + 110))
POP3S=$((base + 995))
LMTP=$((base + 24))
SMTP=$((base + 25))
SUBMISSION=$((base + 587))
SINK=$sink
USER=u{n}@lab.test
PASS=pass{n}
FIRST=1
DOMAIN=lab.test
SEP=/
PIDFILES=$lab/pid
EOF
}

fresh() {
    stop
    rm -rf "$lab"
    mkdir -p "$lab"
    cat >"$lab/yubin.toml" <<EOF
hostname = "mail.lab.test"
data = "data"
[listen]
smtp = ["127.0.0.1:$((base + 25))"]
submission = ["127.0.0.1:$((base + 587))"]
submissions = ["127.0.0.1:$((base + 465))"]
lmtp = ["127.0.0.1:$((base + 24))"]
imap = ["127.0.0.1:$((base + 143))"]
imaps = ["127.0.0.1:$((base + 993))"]
pop3 = ["127.0.0.1:$((base + 110))"]
pop3s = ["127.0.0.1:$((base + 995))"]
sieve = []
http = []
https = []
dns = []
dot = []
[auth]
sender = "any"
[limits]
connections-per-address = 20000
EOF
    { echo address,password,name,quota; for i in $(seq 400); do echo "u$i@lab.test,pass$i,User $i,"; done; } >"$lab/users.csv"
    yubin domain add lab.test
    yubin account import "$lab/users.csv"
    yubin route add relay.test "127.0.0.1:$sink"
    start
    env_file >"$lab/yubin.env"
    echo "$lab/yubin.env"
}

case ${1:-} in
start) start ;;
stop) stop ;;
fresh) fresh ;;
env) env_file ;;
*) sed -n '2,5s/^# //p' "$0"; exit 2 ;;
esac
