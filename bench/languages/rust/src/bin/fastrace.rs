//! fastrace with a reporter that counts. Its properties are text, so that the number is formatted here.

use bench_spans::{answer_rounds, EXPORTED, NAMES, SCENES};
use fastrace::collector::{Config, Reporter, SpanContext, SpanRecord};
use fastrace::Span;
use std::borrow::Cow;
use std::sync::atomic::Ordering;

/// Fits into its queue of 10,240 commands, of which a span takes three; what does not would be sent with a later span.
const PORTION: usize = 1_000;

struct CountingReporter;

impl Reporter for CountingReporter {
    fn report(&mut self, spans: Vec<SpanRecord>) {
        EXPORTED.fetch_add(spans.len() as u64, Ordering::SeqCst);
    }
}

fn main() {
    fastrace::set_reporter(CountingReporter, Config::default());
    answer_rounds(
        PORTION,
        |i| {
            let root = Span::root(NAMES[i & 7], SpanContext::random());
            let _current = root.set_local_parent();
            root.add_properties(|| {
                [
                    ("scene.id", Cow::Borrowed(SCENES[i & 7])),
                    ("pipeline.step", Cow::Borrowed("regen3d")),
                    ("mesh.format", Cow::Borrowed("obj")),
                    ("mesh.vertices", Cow::Owned(i.to_string())),
                    ("mesh.closed", Cow::Borrowed("true")),
                ]
            });
        },
        fastrace::flush,
    );
}
