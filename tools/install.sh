# What building and testing need, from the ordinary registries. Sourced from the top folder by ./serve, ./test and tools/*;
# each function installs what is missing and is quick when nothing is.

say() { printf '\n== %s\n' "$*"; }
note() { printf '   %s\n' "$*"; }
fail() { printf '%s: %s\n' "$(basename "$0")" "$*" >&2; exit 2; }

TARGET=${CARGO_TARGET_DIR:-target}
mkdir -p "$TARGET/tools"
TOOLS=$(cd "$TARGET/tools" && pwd)
# trunk looks for wasm-bindgen and wasm-opt here first. Debian's wasm-opt writes modules that browsers refuse: npm's must win.
PATH="$PWD/node_modules/.bin:$TOOLS/bindgen/debug:$TOOLS/bin:$PATH"
export PATH

TRUNK=0.21.14
MDBOOK=0.5.4
WASM=wasm32-unknown-unknown

as_root() {
    if [ "$(id -u)" = 0 ]; then "$@"
    elif command -v sudo >/dev/null; then sudo "$@"
    else fail "this needs root, and there is no sudo; run as root: $*"
    fi
}

# Packages of Debian and its kin.
install_packages() {
    command -v apt-get >/dev/null || fail "there is no apt-get to install $* with; install them as your system does, then run this again"
    as_root apt-get update -q
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends "$@"
}

need_cargo() {
    command -v cargo >/dev/null || fail "there is no cargo; install Rust from https://rustup.rs"
}

need_wasm_target() {
    [ -d "$(rustc --print target-libdir --target $WASM)" ] && return
    command -v rustup >/dev/null || fail "this Rust has no $WASM; install it with the tool that installed Rust"
    rustup target add $WASM
}

# The source of Rust's own library, which the engine for browsers is built with.
need_rust_source() {
    [ -f "$(rustc --print sysroot)/lib/rustlib/src/rust/library/Cargo.lock" ] && return
    command -v rustup >/dev/null || fail "this Rust has no source of its library; install it (rust-src) with the tool that installed Rust"
    rustup component add rust-src
}

need_trunk() {
    [ "$("$TOOLS/bin/trunk" --version 2>/dev/null || true)" = "trunk $TRUNK" ] && return
    note "trunk $TRUNK is built once, which takes some minutes"
    # Its own release profile spends half of the time on optimising across crates.
    CARGO_PROFILE_RELEASE_LTO=off CARGO_PROFILE_RELEASE_CODEGEN_UNITS=16 \
        cargo install trunk --version "$TRUNK" --locked --force --root "$TOOLS" --target-dir "$TOOLS/build"
    rm -rf "$TOOLS/build"
}

# wasm-bindgen and its test runner.
need_bindgen() {
    cmp -s tools/bindgen/Cargo.lock "$TOOLS/bindgen/built" && return
    note "wasm-bindgen is built once, which takes some minutes"
    cargo build --locked --manifest-path tools/bindgen/Cargo.toml --target-dir "$TOOLS/bindgen"
    cp tools/bindgen/Cargo.lock "$TOOLS/bindgen/built"
}

need_node() {
    command -v node >/dev/null && command -v npm >/dev/null || install_packages nodejs npm
    [ "$(node --print 'parseInt(process.versions.node)')" -ge 20 ] || fail "this Node is $(node --version), and 20 or newer is needed: https://nodejs.org"
}

need_npm_packages() {
    cmp -s package-lock.json node_modules/.installed && return
    npm ci --no-audit --no-fund
    cp package-lock.json node_modules/.installed
}

need_mdbook() {
    [ "$("$TOOLS/bin/mdbook" --version 2>/dev/null || true)" = "mdbook v$MDBOOK" ] && return
    note "mdbook $MDBOOK is built once, which takes some minutes"
    CARGO_PROFILE_RELEASE_LTO=off \
        cargo install mdbook --version "$MDBOOK" --locked --force --no-default-features --features search --root "$TOOLS" --target-dir "$TOOLS/build"
    rm -rf "$TOOLS/build"
}

need_browsers() {
    missing=
    command -v chromium >/dev/null || missing="$missing chromium"
    command -v chromedriver >/dev/null || missing="$missing chromium-driver"
    command -v firefox-esr >/dev/null || missing="$missing firefox-esr"
    [ -z "$missing" ] || install_packages $missing
}

# Everything that the app is built with.
need_app_tools() {
    need_cargo
    need_node
    need_wasm_target
    need_rust_source
    need_npm_packages
    need_bindgen
    need_trunk
}
