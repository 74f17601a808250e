#!/usr/bin/env bash
# Everything this repository does, one verb each; `./build.sh` alone lists them.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 MSBUILDTERMINALLOGGER=off

usage() {
    cat <<'TEXT'
usage: ./build.sh VERB

  format [--check]  format the code; with --check only say what is not formatted
  api               write the public surface down in the PublicAPI files
  build             build everything, Release
  test [SUITE]      install what is missing, build, publish the samples, run the tests
                    suites: unit | generators | codefixes | aspnetcore | loops | testing | conformance | architecture | samples | cluster | packages
  soak [--quick] [--kills]
                    the long runs: load, churn, faults, slow readers, and kills over NATS and over Redis; fails at any breach; with --kills these alone
  soak --partitions [--seeds N] [--seed N] [--broker nats|redis]
                    clusters of three nodes with links cut, held and reset, nodes and brokers paused, and nodes killed, by seed (100 over each broker);
                    fails at any untold loss, false exact gap, duplicate or disorder, and prints the seed with a timeline
                    options: --parallel N (seeds at a time), --logs FOLDER (nodes' logs of failed seeds), --mutate KIND (falsify, to see the checker fail)
  fuzz [SECONDS]    install what is missing, fuzz every target for so long (60), replay what is kept
                    options: TARGET… after the seconds (frames, handshake, inflate, message, connection, and generator: edits of programs)
  bench SUITE       the measurements; ends with lines 'figure NAME VALUE UNIT'
                    suites: echo | typed | fanout | cluster | codec | generator | engine | micro | idle | startup | slow | all
                    options: --quick, --only LOAD, --servers A,B, --write (docs/benchmarks.md)
  cluster [--redis] samples/Cluster: a broker (NATS), three nodes and a proxy in front, until Ctrl-C
  publish           the samples as Native AOT binaries, to artifacts/publish/NAME
  pack              the NuGet packages, to artifacts/packages
TEXT
}

format() {
    # The generator must exist before code that uses what it generates can be judged.
    dotnet build src/Peer.Generators -v q
    case "${1:-}" in
        "")
            dotnet format Peer.sln
            api ;;
        --check) dotnet format Peer.sln --verify-no-changes ;;
        *) fail "format takes nothing, or --check" ;;
    esac
}

# Writes the public surface down, as the analyzer that guards it sees it.
api() {
    local project list
    for project in Peer.Runtime Peer.AspNetCore Peer.EventLoop Peer.Nats Peer.Redis Peer.Testing Peer.Generators Peer.CodeFixes; do
        list="src/$project/PublicAPI.Unshipped.txt"
        printf '#nullable enable\n' >"$list"
        dotnet build "src/$project" -v q --no-incremental -p:TreatWarningsAsErrors=false 2>&1 |
            sed -n "s/.*RS0016: Symbol '\(.*\)' is not part of the declared public API.*/\1/p" |
            LC_ALL=C sort -u >>"$list"
    done
}

build() {
    require dotnet
    dotnet build Peer.sln -c Release -v q
}

run_tests() {
    require dotnet
    case "${1:-all}" in
        all)
            build
            publish
            pack
            require chromium
            require brokers
            require proxy
            count run_all ;;
        unit) test_project Peer.Runtime.Tests ;;
        generators) test_project Peer.Generators.Tests ;;
        codefixes) test_project Peer.CodeFixes.Tests ;;
        aspnetcore) test_project Peer.AspNetCore.Tests ;;
        conformance) test_project Peer.Conformance.Tests ;;
        loops)
            dotnet build tests/Peer.AspNetCore.Tests -c Release -v q
            dotnet build tests/Peer.Conformance.Tests -c Release -v q
            count run_over_loops 1 2 4 ;;
        testing) test_project Peer.Testing.Tests ;;
        architecture) test_project Peer.Architecture.Tests ;;
        samples)
            require brokers
            require proxy
            # The tests also start the program as `dotnet run` would.
            dotnet build samples/Chat -c Release -v q
            publish
            test_project Peer.Samples.Tests ;;
        cluster)
            require brokers
            dotnet build tests/Peer.Backplane.Specification -c Release -v q
            dotnet build tests/Peer.Redis.Tests -c Release -v q
            count run_cluster ;;
        packages)
            require linker
            pack
            test_project Peer.Packages.Tests ;;
        *) fail "there is no suite '$1'; there are unit, generators, codefixes, aspnetcore, loops, testing, conformance, architecture, samples, cluster and packages" ;;
    esac
}

test_project() {
    [ "$1" = Peer.Samples.Tests ] && require chromium
    dotnet build "tests/$1" -c Release -v q
    count run --project "tests/$1"
}

run_all() {
    local status=0
    run --solution Peer.sln || status=1
    run_over_loops 2 || status=1
    return "$status"
}

# Over real servers, each test with one of its own.
run_cluster() {
    local project status=0
    for project in Peer.Backplane.Specification Peer.Redis.Tests; do
        run --project "tests/$project" || status=1
    done
    return "$status"
}

# The tests of servers once more, over so many event loops instead of Kestrel's sockets.
run_over_loops() {
    local loops project status=0
    for loops in "$@"; do
        for project in Peer.AspNetCore.Tests Peer.Conformance.Tests; do
            PEER_TEST_LOOPS=$loops run --project "tests/$project" -- --filter-not-trait Transport=pipes || status=1
        done
    done
    return "$status"
}

run() {
    local options=()
    while [ $# -gt 0 ] && [ "$1" != -- ]; do options+=("$1"); shift; done
    dotnet test "${options[@]}" -c Release --no-build --no-progress --no-ansi "$@"
}

# Runs tests by one of the above and ends with one line of counts. No tests at all is a failure.
count() {
    local log status=0
    log=$(mktemp)
    "$@" 2>&1 | tee "$log" || status=$?
    awk '
        /^Test run summary:/ { summary = 1 }
        summary && $1 == "succeeded:" { passed += $2 }
        summary && $1 == "failed:" { failed += $2 }
        summary && $1 == "skipped:" { skipped += $2 }
        END {
            printf "%d passed, %d failed, %d skipped\n", passed, failed, skipped
            exit passed + failed == 0
        }' "$log" || status=1
    rm -f "$log"
    return "$status"
}

# Warnings are errors here, those of the linker and the AOT compiler (IL2xxx, IL3xxx) among them.
publish() {
    require dotnet
    require linker
    local sample
    for sample in Echo Chat Cluster; do
        rm -rf "artifacts/publish/$sample"
        dotnet publish "samples/$sample" -c Release -v q -o "artifacts/publish/$sample"
    done
}

pack() {
    require dotnet
    dotnet restore Peer.sln -v q
    rm -rf artifacts/packages
    local project
    for project in Peer.Runtime Peer.AspNetCore Peer.EventLoop Peer.Nats Peer.Redis Peer.Testing; do
        dotnet pack "src/$project" -c Release -v q -o artifacts/packages
    done
}

bench() {
    require dotnet
    rivals
    case "${1:-}" in cluster | all) require brokers ;; esac
    case "${1:-}" in echo | typed | fanout | codec | all) publish_bench ;; esac
    case "${1:-}" in startup | all) publish_startup ;; esac
    dotnet run -c Release --project bench/Peer.Bench -- "$@"
}

# Peer's servers, and the codec suite a second time, as they are when compiled ahead of time.
publish_bench() {
    require linker
    dotnet publish bench/Peer.Bench.Aot -c Release -v q -o artifacts/bench
}

# The startup suite starts samples/Echo, and an empty application built in the same way.
publish_startup() {
    require linker
    dotnet publish samples/Echo -c Release -v q -o artifacts/publish/Echo
    dotnet publish bench/Peer.Bench.Empty -c Release -v q -o artifacts/publish/Empty
}

# What bench/rivals runs on, where there is npm; without it those contenders are left out.
rivals() {
    if command -v npm >/dev/null && [ ! -d bench/rivals/node_modules ]; then
        (cd bench/rivals && npm install --ignore-scripts --no-package-lock --no-audit --no-fund --silent) || echo "build.sh: Bun and ws could not be installed; they are left out"
    fi
}

# Every target in turn, over assemblies that are instrumented where they lie: they are not to be used for anything else.
fuzz() {
    require dotnet
    local seconds="${1:-60}" out=artifacts/fuzz target assembly
    shift || true
    [ $# -gt 0 ] || set -- frames handshake inflate message connection generator
    if [ "$*" = generator ]; then
        fuzz_generator "$seconds"
        return
    fi
    require afl

    rm -rf "$out/bin"
    dotnet publish tests/Peer.Fuzz -c Release -v q -o "$out/bin"
    dotnet tool restore >/dev/null
    dotnet "$out/bin/Peer.Fuzz.dll" replay tests/Peer.Fuzz
    for assembly in Peer.Runtime Peer.AspNetCore Peer.Fuzz; do
        dotnet sharpfuzz "$out/bin/$assembly.dll" $(instrumented "$assembly")
    done
    for target in "$@"; do
        if [ "$target" = generator ]; then fuzz_generator "$seconds"; else fuzz_target "$target" "$seconds" "$out"; fi
    done
}

# Edits of programs, each of which is compiled: nothing that coverage could guide.
fuzz_generator() {
    dotnet build tests/Peer.Fuzz -c Release -v q
    rm -rf artifacts/fuzz/generator
    dotnet tests/Peer.Fuzz/bin/Release/net10.0/Peer.Fuzz.dll generator "$1" || fail "what was found lies in artifacts/fuzz/generator; see docs/fuzzing.md"
}

# Of Peer.Fuzz itself only what was generated into it: the messages' readers.
instrumented() {
    [ "$1" != Peer.Fuzz ] || echo Peers.Tests
}

fuzz_target() {
    local target="$1" seconds="$2" out="$3"
    rm -rf "${out:?}/$target"
    AFL_SKIP_BIN_CHECK=1 AFL_I_DONT_CARE_ABOUT_MISSING_CRASHES=1 AFL_SKIP_CPUFREQ=1 AFL_NO_AFFINITY=1 AFL_NO_UI=1 \
        DOTNET_TieredPGO=0 afl-fuzz -i "tests/Peer.Fuzz/corpus/$target" -o "$out/$target" -x "tests/Peer.Fuzz/dictionaries/$target.dict" \
        -V "$seconds" -t 5000 -m none -- dotnet "$out/bin/Peer.Fuzz.dll" fuzz "$target" >"$out/$target.log" 2>&1 ||
        fail "afl-fuzz ended early; see $out/$target.log"
    awk -v target="$target" '
        { value[$1] = $3 }
        END {
            printf "%s: %d executions, %d edges, %d inputs, %d crashes, %d hangs\n", target,
                value["execs_done"], value["edges_found"], value["corpus_count"], value["saved_crashes"], value["saved_hangs"]
            exit value["saved_crashes"] + value["saved_hangs"] > 0
        }' "$out/$target/default/fuzzer_stats" ||
        fail "what was found lies in $out/$target/default; see docs/fuzzing.md"
}

# Load for minutes, then what connections, faults and slow readers leave behind; ends with a line of counts. With --kills or --partitions the cluster alone.
soak() {
    require dotnet
    require brokers
    case " $* " in *" --kills "* | *" --partitions "*) ;; *) bench soak "$@" ;; esac
    dotnet run -c Release --project bench/Peer.Soak -- "$@"
}

# A broker, three nodes, and in front of them a proxy that knows nothing of peers. Whatever was started ends with the script.
cluster() {
    local broker port node bin="samples/Cluster/bin/Release/net10.0/Cluster"
    case "${1:-}" in
        "") broker=nats ;;
        --redis) broker=redis ;;
        *) fail "cluster takes nothing, or --redis" ;;
    esac
    require dotnet
    require "$broker"
    require proxy
    dotnet build samples/Cluster -c Release -v q
    started=()
    trap 'kill "${started[@]}" 2>/dev/null || true; wait' EXIT
    trap 'exit 0' INT TERM HUP

    port=$(free_port)
    case "$broker" in
        nats)
            start_daemon "$port" nats-server --addr 127.0.0.1 --port "$port"
            set -- --nats "nats://127.0.0.1:$port" ;;
        redis)
            start_daemon "$port" redis-server --bind 127.0.0.1 --port "$port" --save "" --appendonly no
            set -- --redis "127.0.0.1:$port" ;;
    esac

    export PAGE NODE1 NODE2 NODE3
    NODE1=$(free_port) NODE2=$(free_port) NODE3=$(free_port) PAGE=$(free_port)
    for node in one:$NODE1 two:$NODE2 three:$NODE3; do
        start_daemon "${node#*:}" "$bin" --urls "http://127.0.0.1:${node#*:}" --node "${node%:*}" "$@"
        echo "node ${node%:*} is process ${started[-1]}: kill it, and watch the page"
    done
    start_daemon "$PAGE" haproxy -db -f samples/Cluster/haproxy.cfg
    echo "The page is at http://127.0.0.1:$PAGE/ (Ctrl-C ends everything)"
    # All that the shell would still say is which nodes were killed, to whoever did it.
    exec 2>/dev/null
    wait
}

# Starts what listens on a port, and returns when it does.
start_daemon() {
    local port="$1" log
    shift
    log=$(mktemp)
    PATH="$PATH:/usr/local/sbin:/usr/sbin" "$@" >"$log" 2>&1 &
    started+=($!)
    until (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; do
        kill -0 "${started[-1]}" 2>/dev/null || { cat "$log" >&2; rm -f "$log"; fail "$1 did not come to listen on port $port"; }
        sleep 0.1
    done
    rm -f "$log"
}

# Below those that Linux gives to clients, and not taken.
free_port() {
    local port
    while port=$((20000 + RANDOM % 12000)); do
        (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null || break
    done
    echo "$port"
}

# Says what is missing and why it is needed, and installs it from Debian's packages.
require() {
    case "$1" in
        dotnet)
            command -v dotnet >/dev/null || fail "the .NET SDK is missing ($(tr -d '\n ' <global.json)): https://dot.net/download" ;;
        linker)
            command -v clang >/dev/null || command -v gcc >/dev/null ||
                install gcc libc6-dev "Native AOT links the samples with it" ;;
        afl) command -v afl-fuzz >/dev/null || install afl++ "it makes the inputs that the targets are fuzzed with" ;;
        brokers)
            require nats
            require redis ;;
        nats) has_daemon nats-server || install_idle nats-server "it connects the nodes of a cluster" ;;
        redis) has_daemon redis-server || install_idle redis-server "it connects the nodes of a cluster" ;;
        proxy) has_daemon haproxy || install_idle haproxy "it stands in front of the nodes of samples/Cluster" ;;
        chromium)
            command -v chromium chromium-browser google-chrome >/dev/null || install chromium "the tests open the chat's page in a real browser" ;;
    esac
}

# Daemons lie where an ordinary user's PATH may not lead.
has_daemon() {
    PATH="$PATH:/usr/local/sbin:/usr/sbin" command -v "$1" >/dev/null
}

install() {
    local packages=("${@:1:$#-1}") why="${!#}"
    command -v apt-get >/dev/null || fail "${packages[*]} is missing ($why), and there is no apt-get to install it with; please install it yourself"
    echo "build.sh: installing ${packages[*]}: $why"
    as_root apt-get update -qq
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${packages[@]}" >/dev/null
}

# A server of which only the program is wanted: Debian would start it with the machine, and does so at once.
install_idle() {
    install "$@"
    if [ -d /run/systemd/system ]; then
        as_root systemctl disable --quiet --now "$1"
    elif [ -x "/etc/init.d/$1" ]; then
        as_root invoke-rc.d --quiet "$1" stop >/dev/null 2>&1 || true
    fi
}

as_root() {
    if [ "$(id -u)" = 0 ]; then "$@"; return; fi
    command -v sudo >/dev/null || fail "there is no sudo here; please run this as root: $*"
    sudo "$@"
}

fail() {
    echo "build.sh: $1" >&2
    exit 2
}

verb="${1:-}"
shift || true
case "$verb" in
    format | api | build | publish | pack | bench | fuzz | cluster) "$verb" "$@" ;;
    test) run_tests "$@" ;;
    soak) soak "$@" ;;
    "" | help | --help) usage ;;
    *) usage >&2; fail "there is no verb '$verb'" ;;
esac
