//! Propose the response in a file a number of times: for a profiler that counts instructions.
fn main() {
    let mut arguments = std::env::args().skip(1);
    let path = arguments.next().unwrap_or_default();
    let times: usize = arguments.next().and_then(|times| times.parse().ok()).unwrap_or(1);
    let Ok(octets) = std::fs::read(&path) else { return eprintln!("no such file: {path}") };
    let proposed =
        (0..times).filter(|_| sts_federation_core::propose(&octets, |_, _, proposal| Some(proposal.assertion.id.len())).is_some()).count();
    println!("{proposed} of {times} proposed");
}
