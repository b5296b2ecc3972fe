//! What the programs have in common: the shape of the span, and rounds that are asked for by lines on stdin.

use std::io::{stdin, stdout, BufRead, Write};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

pub const NAMES: [&str; 8] = [
    "job:load",
    "job:weld",
    "job:normalise",
    "job:inspect",
    "job:measure",
    "job:assemble",
    "job:format",
    "job:write",
];
pub const SCENES: [&str; 8] = [
    "scene_0", "scene_1", "scene_2", "scene_3", "scene_4", "scene_5", "scene_6", "scene_7",
];

/// Spans that have reached the exporter.
pub static EXPORTED: AtomicU64 = AtomicU64::new(0);

/// Each line has a number of spans; the answer is what one of them took in ns, and how many were exported of all rounds.
/// What is flushed, after each `portion` of spans, is not in the time.
pub fn answer_rounds(portion: usize, span: impl Fn(usize), flush: impl Fn()) {
    for line in stdin().lock().lines() {
        let spans: usize = line
            .expect("a line")
            .trim()
            .parse()
            .expect("a number of spans");
        let mut taken = Duration::ZERO;
        for from in (0..spans).step_by(portion) {
            let start = Instant::now();
            for i in from..spans.min(from + portion) {
                span(i);
            }
            taken += start.elapsed();
            flush();
        }
        let ns = taken.as_nanos() as f64 / spans as f64;
        let exported = EXPORTED.load(Ordering::SeqCst);
        println!("{{\"ns\":{ns},\"exported\":{exported}}}");
        stdout().flush().expect("a parent that reads");
    }
}
