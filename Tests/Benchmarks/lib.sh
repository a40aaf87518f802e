# What the benchmark scripts share: private services on free loopback ports, cleaned up whatever happens. Sourced.
# shellcheck shell=bash

set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
scratch=$(mktemp -d /tmp/metachat-bench-XXXXXX)
children=()
stops=()

say() { printf '%s\n' "$*" >&2; }
die() { say "$(basename "$0"): $*"; exit 1; }

finish() {
    local status=$?
    trap - EXIT INT TERM
    local pid stop
    for pid in "${children[@]}"; do kill -TERM "$pid" 2>/dev/null || true; done
    for pid in "${children[@]}"; do
        for _ in {1..100}; do kill -0 "$pid" 2>/dev/null || break; sleep 0.05; done
        kill -KILL "$pid" 2>/dev/null || true
        wait "$pid" 2>/dev/null || true
    done
    for stop in "${stops[@]}"; do $stop >/dev/null 2>&1 || true; done
    if [ -n "${KEEP_SCRATCH:-}" ]; then say "kept $scratch"; else rm -rf "$scratch"; fi
    exit "$status"
}
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# Prints so many free loopback ports, no two the same.
free_ports() {
    perl -MIO::Socket::INET -e '
        my @s = map { IO::Socket::INET->new(LocalAddr => "127.0.0.1", Listen => 1) or die } 1 .. $ARGV[0];
        print join(" ", map { $_->sockport } @s), "\n"' "$1"
}

# until_ok SECONDS WHAT COMMAND…: polls until the command succeeds.
until_ok() {
    local limit=$1 what=$2 end
    shift 2
    end=$((SECONDS + limit))
    until "$@" >/dev/null 2>&1; do
        [ $SECONDS -lt $end ] || die "$what did not happen within $limit s"
        sleep 0.05
    done
}

as_postgres() { if [ "$(id -u)" = 0 ]; then runuser -u postgres -- "$@"; else "$@"; fi; }

# Starts a PostgreSQL unless DATABASE_URL names one; durable, since that is what a deployment pays for.
start_postgres() {
    [ -z "${DATABASE_URL:-}" ] || return 0
    local bin port
    bin=$(printf '%s\n' /usr/lib/postgresql/*/bin | sort -V | tail -1)
    [ -x "$bin/initdb" ] || die "no PostgreSQL server installed"
    read -r port < <(free_ports 1)
    chmod 755 "$scratch"
    mkdir -p "$scratch/pg"
    [ "$(id -u)" != 0 ] || chown postgres "$scratch/pg"
    as_postgres "$bin/initdb" -D "$scratch/pg/data" -U metachat -A trust -E UTF8 --locale=C.UTF-8 >"$scratch/initdb.log"
    as_postgres tee -a "$scratch/pg/data/postgresql.conf" >/dev/null <<END
listen_addresses = '127.0.0.1'
port = $port
unix_socket_directories = '$scratch/pg'
max_connections = 200
END
    stops+=("as_postgres $bin/pg_ctl -D $scratch/pg/data -m fast -w stop")
    as_postgres "$bin/pg_ctl" -D "$scratch/pg/data" -l "$scratch/pg/log" -w -s start
    export DATABASE_URL="postgresql://metachat@127.0.0.1:$port/postgres?sslmode=disable"
}

rabbit_environment() {
    export HOME="$scratch/rabbit" RABBITMQ_NODENAME="metachat-bench-$$@localhost" \
        RABBITMQ_NODE_IP_ADDRESS=127.0.0.1 RABBITMQ_NODE_PORT="$1" RABBITMQ_DIST_PORT="$2" ERL_EPMD_PORT="$3" \
        ERL_EPMD_ADDRESS=127.0.0.1 RABBITMQ_MNESIA_BASE="$scratch/rabbit/mnesia" \
        RABBITMQ_LOG_BASE="$scratch/rabbit/log" RABBITMQ_CONFIG_FILE="$scratch/rabbit/rabbitmq" \
        RABBITMQ_ENABLED_PLUGINS_FILE="$scratch/rabbit/plugins" RABBITMQ_CONF_ENV_FILE="$scratch/rabbit/env"
}

rabbitctl() { (rabbit_environment "${rabbit_ports[@]}" && exec /usr/lib/rabbitmq/bin/rabbitmqctl -q "$@"); }

launch_rabbitmq() {
    (rabbit_environment "${rabbit_ports[@]}" && exec /usr/lib/rabbitmq/bin/rabbitmq-server) \
        >"$scratch/rabbit/out" 2>&1 &
    rabbit_pid=$!
    until_ok 60 "RabbitMQ's start" rabbitctl await_startup
}

stop_rabbitmq() {
    rabbitctl stop || true
    wait "$rabbit_pid" 2>/dev/null || true
}

end_rabbitmq() {
    stop_rabbitmq
    ERL_EPMD_PORT=${rabbit_ports[2]} epmd -kill
}

# Starts a RabbitMQ with an epmd of its own unless RABBITMQ_URL names one.
start_rabbitmq() {
    [ -z "${RABBITMQ_URL:-}" ] || return 0
    [ -x /usr/lib/rabbitmq/bin/rabbitmq-server ] || die "no RabbitMQ server installed"
    read -ra rabbit_ports < <(free_ports 3)
    mkdir -p "$scratch/rabbit"
    printf '[].\n' >"$scratch/rabbit/plugins"
    : >"$scratch/rabbit/env"
    printf 'listeners.tcp.default = 127.0.0.1:%s\nlog.file.level = warning\n' "${rabbit_ports[0]}" \
        >"$scratch/rabbit/rabbitmq.conf"
    stops+=(end_rabbitmq)
    launch_rabbitmq
    export RABBITMQ_URL="amqp://guest:guest@127.0.0.1:${rabbit_ports[0]}/"
}

# CPU seconds (user and system) that a process has used.
cpu_seconds() {
    local fields
    fields=$(sed 's/.*) //' "/proc/$1/stat")
    # shellcheck disable=SC2086
    set -- $fields
    awk -v ticks=$((${12} + ${13})) -v hz="$(getconf CLK_TCK)" 'BEGIN { printf "%.2f\n", ticks / hz }'
}

rss_megabytes() { awk '/^VmRSS/ { printf "%.1f\n", $2 / 1024 }' "/proc/$1/status"; }

# ready PORT BEGAN: prints milliseconds from a time until /ready is 200, asking every 2 ms without starting a program each time.
ready() {
    perl -MIO::Socket::INET -MTime::HiRes=time,sleep -e '
        my ($port, $began) = @ARGV;
        while (time() - $began < 30) {
            my $s = IO::Socket::INET->new(PeerAddr => "127.0.0.1", PeerPort => $port, Timeout => 1);
            if ($s) {
                print $s "GET /ready HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
                my $line = <$s> // "";
                if ($line =~ / 200 /) { printf "%.0f\n", (time() - $began) * 1000; exit 0 }
            }
            sleep 0.002;
        }
        exit 1' "$1" "$2"
}

build_load() {
    cc -std=gnu17 -O2 -Wall -o "$scratch/webhook-load" "$here"/WebhookLoad/*.c -lcrypto ||
        die "cannot build the load generator (cc, libssl-dev)"
}

# build_release [PRODUCT]: leaves the path of the program in `built`, that of metachat also in `metachat`.
build_release() {
    local product=${1:-metachat}
    if [ "$product" = metachat ] && [ -n "${METACHAT_BINARY:-}" ]; then
        metachat=$METACHAT_BINARY
        return
    fi
    [ -n "${METACHAT_BUILT:-}" ] ||
        (cd "$root" && swift build -c release --product "$product" >"$scratch/build.log" 2>&1) ||
        die "cannot build: $(tail -5 "$scratch/build.log")"
    built=$root/.build/release/$product
    metachat=$root/.build/release/metachat
}

# The median of the numbers on standard input.
median() { sort -n | awk '{ n[NR] = $1 } END { print NR % 2 ? n[(NR + 1) / 2] : (n[NR / 2] + n[NR / 2 + 1]) / 2 }'; }

build_go_peer() {
    command -v go >/dev/null || die "no Go: apt-get install golang golang-github-rabbitmq-amqp091-go-dev"
    GO111MODULE=off GOPATH=/usr/share/gocode GOCACHE="$scratch/gocache" go build -o "$scratch/$1" "$here/peers/$1.go" ||
        die "cannot build the Go peer (golang-github-rabbitmq-amqp091-go-dev)"
}

# Settings of a site of one's own; its control plane is on this port.
site_environment() {
    METACHAT_MASTER_KEYS=$("$metachat" keygen)
    METACHAT_ADMIN_TOKEN=admin-$RANDOM$RANDOM$RANDOM
    METACHAT_NODE_TOKEN=node-$RANDOM$RANDOM$RANDOM
    export METACHAT_MASTER_KEYS METACHAT_ADMIN_TOKEN METACHAT_NODE_TOKEN METACHAT_LOG_FORMAT=json \
        METACHAT_CONTROL_BIND=127.0.0.1:$1 METACHAT_CONTROL_URL=http://127.0.0.1:$1
}

# rpc METHOD PARAMS: prints the result.
rpc() {
    local answer
    answer=$(curl -sS "$METACHAT_CONTROL_URL/rpc" -H "authorization: Bearer $METACHAT_ADMIN_TOKEN" \
        -H 'content-type: application/json' -d "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"$1\",\"params\":$2}")
    jq -e .result <<<"$answer" || die "$1: $answer"
}

# scene NAME [VARIABLE=VALUE…]: runs integration tests with the release build and prints their figures.
scene() {
    local name=$1
    shift
    (cd "$root" && env METACHAT_TEST_BINARY="$metachat" METACHAT_TEST_FIGURES="$scratch/figures" "$@" \
        swift test --filter "IntegrationTests\.IntegrationTests.*${name}Tests" >"$scratch/scene.log" 2>&1) ||
        die "$(grep -vE '^\[|^Build' "$scratch/scene.log" | tail -40)"
    sed 's/^/FIGURE /' "$scratch/figures"
}
