//! The error table: every error the API answers is one line here.

/// A kind of error: its name in the `type` member, its HTTP status, and its usual sentence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Code {
    /// The request breaks a rule.
    BadRequest,
    /// No key, or a wrong one.
    Unauthorized,
    /// Known, but not allowed: no credits, queue full.
    Forbidden,
    /// Unknown, or somebody else's.
    NotFound,
    /// The path exists, the method does not.
    MethodNotAllowed,
    /// The idempotency key stands for another request.
    Conflict,
    /// The body is too large.
    TooLarge,
    /// The body is of another kind.
    UnsupportedMedia,
    /// No byte of the file lies in the range.
    RangeNotSatisfiable,
    /// Too many requests.
    RateLimited,
    /// Ours.
    Api,
    /// Ours, and it will pass.
    Unavailable,
    /// It took too long.
    Timeout,
}

/// (code, `type`, HTTP status, sentence)
const TABLE: [(Code, &str, u16, &str); 13] = [
    (Code::BadRequest, "bad_request", 400, "The request is invalid."),
    (Code::Unauthorized, "unauthorized", 401, "Invalid API key."),
    (
        Code::Forbidden,
        "forbidden",
        403,
        "The remaining credits are not enough. You can buy more one-time credit packs or subscribe.",
    ),
    (Code::NotFound, "not_found", 404, "Not found."),
    (
        Code::MethodNotAllowed,
        "method_not_allowed",
        405,
        "This method is not allowed here.",
    ),
    (
        Code::Conflict,
        "conflict",
        409,
        "This Idempotency-Key was used for another request.",
    ),
    (
        Code::TooLarge,
        "payload_too_large",
        413,
        "The request body is too large.",
    ),
    (
        Code::UnsupportedMedia,
        "unsupported_media_type",
        415,
        "The request body is of a kind that is not read here.",
    ),
    (
        Code::RangeNotSatisfiable,
        "range_not_satisfiable",
        416,
        "The file has no bytes in this range.",
    ),
    (
        Code::RateLimited,
        "rate_limited",
        429,
        "Too many requests. Please wait a few seconds and try again.",
    ),
    (Code::Api, "api_error", 500, "Internal Server Error."),
    (
        Code::Unavailable,
        "unavailable",
        503,
        "The service is not available at the moment.",
    ),
    (
        Code::Timeout,
        "timeout",
        504,
        "Task failed due to timeout. Credits were previously refunded.",
    ),
];

impl Code {
    fn line(self) -> &'static (Self, &'static str, u16, &'static str) {
        TABLE
            .iter()
            .find(|line| line.0 == self)
            .expect("every code has its line")
    }

    /// The `type` member.
    pub fn kind(self) -> &'static str {
        self.line().1
    }

    /// The HTTP status.
    pub fn status(self) -> u16 {
        self.line().2
    }

    /// What is said when nothing more precise is known.
    pub fn message(self) -> &'static str {
        self.line().3
    }

    /// The code of that `type`.
    pub fn of_kind(kind: &str) -> Option<Self> {
        TABLE.iter().find(|line| line.1 == kind).map(|line| line.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_has_one_line_and_finds_back() {
        for (code, kind, status, sentence) in TABLE {
            assert_eq!((code.kind(), code.status(), code.message()), (kind, status, sentence));
            assert_eq!(Code::of_kind(kind), Some(code));
            assert!((400..600).contains(&status) && sentence.ends_with('.'));
        }
    }
}
