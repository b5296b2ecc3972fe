//! OpenTelemetry's SDK for Rust with its batch processor, and an exporter that counts.

use bench_spans::{answer_rounds, EXPORTED, NAMES, SCENES};
use opentelemetry::trace::{TraceContextExt, Tracer, TracerProvider};
use opentelemetry::KeyValue;
use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::trace::{
    BatchConfigBuilder, BatchSpanProcessor, SdkTracerProvider, SpanData, SpanExporter,
};
use std::sync::atomic::Ordering;

/// Holds a whole round: its default of 2,048 would drop most of it.
const MAX_QUEUE_SIZE: usize = 200_000;

#[derive(Debug)]
struct CountingExporter;

impl SpanExporter for CountingExporter {
    async fn export(&self, batch: Vec<SpanData>) -> OTelSdkResult {
        EXPORTED.fetch_add(batch.len() as u64, Ordering::SeqCst);
        Ok(())
    }
}

fn main() {
    let config = BatchConfigBuilder::default()
        .with_max_queue_size(MAX_QUEUE_SIZE)
        .build();
    let processor = BatchSpanProcessor::builder(CountingExporter)
        .with_batch_config(config)
        .build();
    let provider = SdkTracerProvider::builder()
        .with_span_processor(processor)
        .build();
    let tracer = provider.tracer("bench");
    answer_rounds(
        MAX_QUEUE_SIZE,
        |i| {
            tracer.in_span(NAMES[i & 7], |context| {
                let span = context.span();
                span.set_attribute(KeyValue::new("scene.id", SCENES[i & 7]));
                span.set_attribute(KeyValue::new("pipeline.step", "regen3d"));
                span.set_attribute(KeyValue::new("mesh.format", "obj"));
                span.set_attribute(KeyValue::new("mesh.vertices", i as i64));
                span.set_attribute(KeyValue::new("mesh.closed", true));
            })
        },
        || provider.force_flush().expect("a flush"),
    );
}
