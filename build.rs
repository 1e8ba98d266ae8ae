//! Rebuilds when a vendor's folder appears: `include_dir!` alone would not notice a new one.

fn main() {
    println!("cargo:rerun-if-changed=schemas");
}
