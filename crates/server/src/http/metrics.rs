//! `/metrics` in the Prometheus text format: a handful of counters need no library.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::{Arc, Mutex, PoisonError};

use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse as _, Response};

use super::problem::Problem;
use crate::app::Core;
use crate::webhooks::queue;

#[derive(Clone, Copy, Debug, Default)]
struct Sum {
    count: u64,
    seconds: f64,
}

/// What is counted in this process.
#[derive(Debug, Default)]
pub struct Metrics {
    requests: Mutex<BTreeMap<(String, &'static str, u16), Sum>>,
    songs: Mutex<Sum>,
    webhooks: Mutex<BTreeMap<(String, &'static str), u64>>,
    lyrics: Mutex<BTreeMap<&'static str, u64>>,
}

impl Metrics {
    /// A request was answered. `route` is the pattern, not the path, so there are few.
    pub fn request(&self, route: &str, method: &'static str, status: u16, seconds: f64) {
        let mut requests = self.requests.lock().unwrap_or_else(PoisonError::into_inner);
        let sum = requests.entry((route.to_owned(), method, status)).or_default();
        sum.count += 1;
        sum.seconds += seconds;
    }

    /// A song was finished.
    pub fn task_seconds(&self, seconds: f64) {
        let mut songs = self.songs.lock().unwrap_or_else(PoisonError::into_inner);
        songs.count += 1;
        songs.seconds += seconds;
    }

    /// A webhook was tried: `delivered`, `retried` later, or `failed` for good.
    pub fn webhook(&self, event: &str, outcome: &'static str) {
        let mut webhooks = self.webhooks.lock().unwrap_or_else(PoisonError::into_inner);
        *webhooks.entry((event.to_owned(), outcome)).or_default() += 1;
    }

    /// Lyrics were written: by the `engine`, by the `remote` lyricist, or by the engine because the
    /// remote one failed (`fallback`).
    pub fn lyrics(&self, writer: &'static str) {
        let mut lyrics = self.lyrics.lock().unwrap_or_else(PoisonError::into_inner);
        *lyrics.entry(writer).or_default() += 1;
    }

    fn write(&self, out: &mut String) -> std::fmt::Result {
        writeln!(
            out,
            "# HELP catbird_http_requests_total Requests answered.\n# TYPE catbird_http_requests_total counter"
        )?;
        let requests = self.requests.lock().unwrap_or_else(PoisonError::into_inner).clone();
        for ((route, method, status), sum) in &requests {
            let labels = format!("route=\"{route}\",method=\"{method}\",status=\"{status}\"");
            writeln!(out, "catbird_http_requests_total{{{labels}}} {}", sum.count)?;
        }
        writeln!(
            out,
            "# HELP catbird_http_request_seconds_total Time until the answer's head was ready.\n# TYPE catbird_http_request_seconds_total counter"
        )?;
        for ((route, method, status), sum) in &requests {
            let labels = format!("route=\"{route}\",method=\"{method}\",status=\"{status}\"");
            writeln!(out, "catbird_http_request_seconds_total{{{labels}}} {:.6}", sum.seconds)?;
        }
        let songs = *self.songs.lock().unwrap_or_else(PoisonError::into_inner);
        writeln!(
            out,
            "# HELP catbird_task_seconds Time from claim to finish of songs made here.\n# TYPE catbird_task_seconds summary"
        )?;
        writeln!(
            out,
            "catbird_task_seconds_sum {:.3}\ncatbird_task_seconds_count {}",
            songs.seconds, songs.count
        )?;
        out.push_str(
            "# HELP catbird_webhooks_total Attempts to deliver webhooks.\n# TYPE catbird_webhooks_total counter\n",
        );
        let webhooks = self.webhooks.lock().unwrap_or_else(PoisonError::into_inner).clone();
        for ((event, outcome), count) in &webhooks {
            writeln!(
                out,
                "catbird_webhooks_total{{event=\"{event}\",outcome=\"{outcome}\"}} {count}"
            )?;
        }
        out.push_str("# HELP catbird_lyrics_total Lyrics written, by whom.\n# TYPE catbird_lyrics_total counter\n");
        let lyrics = self.lyrics.lock().unwrap_or_else(PoisonError::into_inner).clone();
        for (writer, count) in &lyrics {
            writeln!(out, "catbird_lyrics_total{{writer=\"{writer}\"}} {count}")?;
        }
        Ok(())
    }
}

/// Counters and gauges for Prometheus.
#[utoipa::path(get, path = "/metrics", tag = "plain", operation_id = "metrics",
    responses((status = 200, description = "Prometheus text", content_type = "text/plain", body = String)))]
pub async fn get(State(core): State<Arc<Core>>) -> Result<Response, Problem> {
    let states: Vec<(String, i64)> = sqlx::query_as("SELECT state, COUNT(*) FROM tasks GROUP BY state")
        .fetch_all(core.db.read())
        .await?;
    let mut out = String::new();
    core.metrics.write(&mut out).expect("a String takes any text");
    out.push_str("# HELP catbird_tasks Tasks by state.\n# TYPE catbird_tasks gauge\n");
    for state in ["queued", "running", "succeeded", "failed", "cancelled"] {
        let count = states
            .iter()
            .find(|(name, _)| name == state)
            .map_or(0, |(_, count)| *count);
        writeln!(out, "catbird_tasks{{state=\"{state}\"}} {count}").expect("a String takes any text");
    }
    let depth = states
        .iter()
        .find(|(name, _)| name == "queued")
        .map_or(0, |(_, count)| *count);
    writeln!(
        out,
        "# HELP catbird_queue_depth Tasks that wait.\n# TYPE catbird_queue_depth gauge\ncatbird_queue_depth {depth}"
    )
    .expect("a String takes any text");
    let deliveries = queue::counts(&core.db).await?;
    out.push_str("# HELP catbird_deliveries Webhooks by state.\n# TYPE catbird_deliveries gauge\n");
    for state in ["queued", "running", "delivered", "failed"] {
        let count = deliveries
            .iter()
            .find(|(name, _)| name == state)
            .map_or(0, |(_, count)| *count);
        writeln!(out, "catbird_deliveries{{state=\"{state}\"}} {count}").expect("a String takes any text");
    }
    Ok((
        [(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")],
        out,
    )
        .into_response())
}
