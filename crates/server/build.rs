//! Notices a newly built UI: nothing else would make cargo embed it again.

fn main() {
    println!("cargo:rerun-if-changed=../../ui/dist");
}
