//! The headers of a delivery. Two generations of receivers are served: the older checks
//! `X-Signature`, HMAC-SHA256 over the raw body; the newer checks `X-Webhook-Signature`, HMAC-SHA256
//! over `<timestamp>.<rawBody>`, and may refuse old timestamps. Both are in hexadecimal.

use hmac::{Hmac, KeyInit as _, Mac as _};
use hyper::header::{CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use sha2::Sha256;

/// All headers for one attempt; `timestamp` is in seconds since 1970.
pub fn headers(id: &str, event: &str, secret: &str, timestamp: i64, body: &[u8]) -> HeaderMap {
    let now = timestamp.to_string();
    let stamped = hmac(secret, &[now.as_bytes(), b".", body]);
    let mut headers = HeaderMap::new();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    for (name, value) in [
        ("x-webhook-id", id.to_owned()),
        ("idempotency-key", id.to_owned()),
        ("x-webhook-event", event.to_owned()),
        ("x-webhook-timestamp", now),
        ("x-webhook-signature", format!("sha256={stamped}")),
        ("x-signature", hmac(secret, &[body])),
    ] {
        let value = HeaderValue::from_str(&value).expect("ids, events, digits and hexadecimal are plain ASCII");
        headers.insert(HeaderName::from_static(name), value);
    }
    headers
}

fn hmac(secret: &str, parts: &[&[u8]]) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).expect("HMAC takes keys of any length");
    for part in parts {
        mac.update(part);
    }
    hex::encode(mac.finalize().into_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 4231, test case 2.
    #[test]
    fn the_rfc_s_example() {
        assert_eq!(
            hmac("Jefe", &[b"what do ya want ", b"for nothing?"]),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
        );
    }

    #[test]
    fn both_generations() {
        let id = HeaderValue::from_static("id-1");
        let headers = headers("id-1", "song.completed", "s", 1_700_000_000, b"{}");
        assert_eq!(headers["x-signature"], hmac("s", &[b"{}"]).as_str());
        let stamped = format!("sha256={}", hmac("s", &[b"1700000000.{}"]));
        assert_eq!(headers["x-webhook-signature"], stamped.as_str());
        assert_eq!(headers["x-webhook-timestamp"], "1700000000");
        assert_eq!((&headers["x-webhook-id"], &headers["idempotency-key"]), (&id, &id));
        assert_eq!(headers["x-webhook-event"], "song.completed");
        assert_eq!(headers["content-type"], "application/json");
    }
}
