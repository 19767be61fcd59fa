# Every command of this repository. README's two commands need none of this.

# What a machine needs once.
setup:
    rustup component add rustfmt clippy
    cargo fetch --locked
    cargo run --release -- assets fetch

fmt:
    cargo fmt --all

# What .ci/run checks, except the tests.
lint:
    cargo clippy --release --workspace --all-targets --locked -- -D warnings
    python3 docs/licences.py --check
    @if command -v cargo-deny >/dev/null; then cargo deny check; else echo "skipped: cargo-deny is not installed"; fi

test *ARGS:
    cargo test --release --workspace {{ARGS}}

run *ARGS:
    cargo run --release -- serve {{ARGS}}

# The API's description, kept in the repository; a test compares it.
openapi:
    cargo run --release --quiet -- openapi > openapi.json

# The lists of licences.
licences:
    python3 docs/licences.py

bench:
    cargo bench --bench song
    cargo bench --bench polls

# A folder that runs on a machine without Rust, pip, npm or network.
release:
    cargo build --release --locked
    rm -rf target/catbird
    mkdir -p target/catbird
    cp target/release/catbird README.md LICENSE-MIT LICENSE-APACHE NOTICE config.default.toml docs/licences.md target/catbird/
    CATBIRD_ASSETS=target/catbird/assets target/release/catbird assets fetch
    tar -C target -czf target/catbird.tar.gz catbird
    @echo target/catbird.tar.gz

# What .ci/run does.
ci: 
    .ci/run
