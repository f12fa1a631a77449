# Shared by ./mood and ./test: finds the SDK, builds under a lock, and says in a few lines what went wrong.
# Sourced with `root` set to the checkout and `me` to the name of the calling script.

export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 DOTNET_SKIP_FIRST_TIME_EXPERIENCE=1
export DOTNET_GENERATE_ASPNET_CERTIFICATE=false

artifacts=$root/artifacts
stamp=$artifacts/mood.stamp

# Ends the script with one line on stderr.
fail() {
    echo "$me: $*" >&2
    exit 1
}

# Puts dotnet on the path, and tells the built programs where the runtime lies if nobody has.
find_dotnet() {
    if ! command -v dotnet >/dev/null; then
        local folder
        for folder in "${DOTNET_ROOT:-}" "${HOME:-}/.dotnet" /usr/share/dotnet /usr/lib/dotnet; do
            [[ -n $folder && -x $folder/dotnet ]] && PATH=$PATH:$folder && break
        done
    fi
    command -v dotnet >/dev/null ||
        fail "the .NET 10 SDK is missing: no 'dotnet' on the path (https://dotnet.microsoft.com/download)"
    if [[ -z ${DOTNET_ROOT:-} ]]; then
        local home
        home=$(dirname "$(readlink -f "$(command -v dotnet)")")
        [[ -d $home/host/fxr ]] && export DOTNET_ROOT=$home
    fi
    return 0
}

# Fails unless an SDK satisfies global.json.
need_sdk() {
    local answer wanted found
    answer=$(cd "$root" && dotnet --version 2>&1) && return
    wanted=$(sed -n 's/.*"version": *"\([^"]*\)".*/\1/p' "$root/global.json")
    found=$(dotnet --list-sdks 2>/dev/null | cut -d' ' -f1 | paste -sd' ')
    [[ " $found" != *" ${wanted%%.*}."* ]] || fail "dotnet does not run: $(grep -m1 . <<<"$answer")"
    fail "the .NET SDK is too old: needs $wanted or newer, found ${found:-only a runtime} (https://dotnet.microsoft.com/download)"
}

# True if the command was built with this TorchBackend and nothing it is made of is newer: sources, build files, backbones.
up_to_date() {
    [[ -f $stamp && -x $artifacts/bin/Cli/release/mood ]] || return 1
    [[ $(<"$stamp") == "${TorchBackend:-cpu}" ]] || return 1
    local backbone
    for backbone in "$root"/backbones/*.safetensors; do
        [[ ! $backbone -nt $stamp ]] || return 1
    done
    [[ -z $(find "$root/src" "$root/bench" "$root/build" "$root"/Directory.* "$root/global.json" -newer "$stamp" -print -quit) ]]
}

# Waits for, then holds, the one build lock of this checkout; release_lock lets it go.
take_lock() {
    mkdir -p "$artifacts"
    exec {lock}>"$artifacts/build.lock"
    flock "$lock"
}

release_lock() {
    exec {lock}>&-
}

# Builds projects or the solution in Release. Output goes to a log; only a failure shows a part of it.
# No build server outlives the build, and none inherits the lock.
build() {
    local log=$artifacts/build.log target
    : >"$log"
    for target in "$@"; do
        (cd "$root" && dotnet build "$target" -c Release --nologo -v q --disable-build-servers) \
            >>"$log" 2>&1 {lock}>&- </dev/null || { explain "$log"; return 1; }
    done
}

# The errors of a build log, each once and without the noise; the end of the log where it names none.
explain() {
    local errors
    errors=$(grep -E '(: |^)error ' "$1" | sed -e "s|$root/||g" -e 's/ \[[^]]*proj[^]]*\]$//' -e 's/^ *//' | awk '!seen[$0]++' | head -n 15)
    echo "$me: the build failed (all of it: ${1#"$PWD"/})" >&2
    if [[ -n $errors ]]; then echo "$errors"; else tail -n 15 "$1"; fi >&2
}

# Remembers that the command was built from what lay there when begin_stamp was called.
begin_stamp() {
    echo "${TorchBackend:-cpu}" >"$stamp.new"
}

end_stamp() {
    mv -f "$stamp.new" "$stamp"
}
