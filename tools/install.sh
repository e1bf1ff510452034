# What building and testing need, from the ordinary registries. Sourced from the top folder by ./serve, ./test and tools/*;
# each function installs what is missing and is quick when nothing is.

BEGIN=$(date +%s)
say() { printf '\n== %s (after %d s)\n' "$*" $(($(date +%s) - BEGIN)); }
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

# Runs what builds for browsers. Rust's own library is built along: without the words of panics, which trap here anyway, and with its
# small sorts and tables. For that the compiler is asked to allow what it does not promise to keep, hence RUSTC_BOOTSTRAP. The app and
# the engine have the same flags, so that they share what is built; `erase_components` stands in .cargo/config.toml too, which RUSTFLAGS
# hides.
for_web() {
    env RUSTC_BOOTSTRAP=1 CARGO_UNSTABLE_BUILD_STD=std CARGO_UNSTABLE_BUILD_STD_FEATURES=optimize_for_size \
        RUSTFLAGS="--cfg erase_components -Zunstable-options -Cpanic=immediate-abort" "$@"
}

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

# A program from its crate: no time goes into making it fast, since it runs for seconds.
build_once() {
    crate=$1 version=$2
    shift 2
    note "$crate $version is built once, which takes some minutes"
    CARGO_PROFILE_DEV_DEBUG=false CARGO_INCREMENTAL=0 \
        cargo install "$crate" --version "$version" --locked --force --debug --root "$TOOLS" --target-dir "$TOOLS/build" "$@"
}

# Without TLS: it downloads nothing here.
need_trunk() {
    [ "$("$TOOLS/bin/trunk" --version 2>/dev/null || true)" = "trunk $TRUNK" ] && return
    build_once trunk "$TRUNK" --no-default-features
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
    build_once mdbook "$MDBOOK" --no-default-features --features search
}

need_browsers() {
    missing=
    command -v chromium >/dev/null || missing="$missing chromium"
    command -v chromedriver >/dev/null || missing="$missing chromium-driver"
    command -v firefox-esr >/dev/null || missing="$missing firefox-esr"
    [ -z "$missing" ] || install_packages $missing
}

# What everything else is installed with.
need_basics() {
    need_cargo
    need_node
    need_wasm_target
    need_rust_source
}

# Everything that the app is built with.
need_app_tools() {
    need_basics
    need_npm_packages
    need_bindgen
    need_trunk
}
