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
                    suites: unit | generators | aspnetcore | conformance | architecture | samples
  soak              the long runs
  bench SUITE       the measurements; ends with lines 'figure NAME VALUE UNIT'
                    suites: echo | typed | fanout | codec | engine | idle | startup | all
                    options: --quick, --only LOAD, --write (docs/benchmarks.md)
  publish           both samples as Native AOT binaries, to artifacts/publish/NAME
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
    for project in Peer.Runtime Peer.AspNetCore Peer.Generators; do
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
            run_and_count --solution Peer.sln ;;
        unit) test_project Peer.Runtime.Tests ;;
        generators) test_project Peer.Generators.Tests ;;
        aspnetcore) test_project Peer.AspNetCore.Tests ;;
        conformance) test_project Peer.Conformance.Tests ;;
        architecture) test_project Peer.Architecture.Tests ;;
        samples)
            # The tests also start the program as `dotnet run` would.
            dotnet build samples/Chat -c Release -v q
            publish
            test_project Peer.Samples.Tests ;;
        *) fail "there is no suite '$1'; there are unit, generators, aspnetcore, conformance, architecture and samples" ;;
    esac
}

test_project() {
    [ "$1" = Peer.Samples.Tests ] && require chromium
    dotnet build "tests/$1" -c Release -v q
    run_and_count --project "tests/$1"
}

# Runs the tests and ends with one line of counts. No tests at all is a failure.
run_and_count() {
    [ "$1" = --solution ] && require chromium
    local log status=0
    log=$(mktemp)
    dotnet test "$@" -c Release --no-build --no-progress --no-ansi 2>&1 | tee "$log" || status=$?
    awk '
        /^Test run summary:/ { summary = 1 }
        summary && $1 == "succeeded:" { passed = $2 }
        summary && $1 == "failed:" { failed = $2 }
        summary && $1 == "skipped:" { skipped = $2 }
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
    for sample in Echo Chat; do
        rm -rf "artifacts/publish/$sample"
        dotnet publish "samples/$sample" -c Release -v q -o "artifacts/publish/$sample"
    done
}

pack() {
    require dotnet
    dotnet restore Peer.sln -v q
    local project
    for project in Peer.Runtime Peer.AspNetCore; do
        dotnet pack "src/$project" -c Release -v q -o artifacts/packages
    done
}

bench() {
    require dotnet
    dotnet run -c Release --project bench/Peer.Bench -- "$@"
}

# Says what is missing and why it is needed, and installs it from Debian's packages.
require() {
    case "$1" in
        dotnet)
            command -v dotnet >/dev/null || fail "the .NET SDK is missing ($(tr -d '\n ' <global.json)): https://dot.net/download" ;;
        linker)
            command -v clang >/dev/null || command -v gcc >/dev/null ||
                install gcc libc6-dev "Native AOT links the samples with it" ;;
        chromium)
            command -v chromium chromium-browser google-chrome >/dev/null || install chromium "the tests open the chat's page in a real browser" ;;
    esac
}

install() {
    local packages=("${@:1:$#-1}") why="${!#}" sudo=()
    echo "build.sh: installing ${packages[*]}: $why"
    [ "$(id -u)" = 0 ] || sudo=(sudo)
    command -v apt-get >/dev/null || fail "there is no apt-get here; please install ${packages[*]} yourself"
    "${sudo[@]}" apt-get update -qq
    DEBIAN_FRONTEND=noninteractive "${sudo[@]}" apt-get install -y -qq --no-install-recommends "${packages[@]}" >/dev/null
}

fail() {
    echo "build.sh: $1" >&2
    exit 2
}

verb="${1:-}"
shift || true
case "$verb" in
    format | api | build | publish | pack | bench) "$verb" "$@" ;;
    test) run_tests "$@" ;;
    soak) bench soak "$@" ;;
    "" | help | --help) usage ;;
    *) usage >&2; fail "there is no verb '$verb'" ;;
esac
