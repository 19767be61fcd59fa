//! Which addresses callers may make us call: public ones only, or a webhook would be a door into the
//! network we stand in (server-side request forgery). A URL is checked when it is submitted, and the
//! address it leads to is checked again at each connection, since a name may mean another machine by
//! then.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use url::{Host, Url};

/// Whom a call may reach.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// Public addresses, `https:`.
    Public,
    /// Any address, also by `http:`: what the operator named, and tests.
    Anywhere,
}

/// Why a URL is not called.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// It cannot be read, or has another scheme, or no host.
    #[error("should be an https URL")]
    NoUrl,
    /// It holds a user name or a password.
    #[error("should hold no user name")]
    Credentials,
    /// A name or a literal address of a machine that is not in the public network.
    #[error("should name a public address")]
    Private,
    /// A port below 1024 other than 80 and 443: other protocols live there.
    #[error("should name port 443, 80 or one above 1023")]
    Port,
}

impl Reach {
    /// Reads a URL and checks what can be told without asking the name service. Odd spellings of
    /// addresses (`0x7f.1`, `2130706433`, `0177.0.0.1`) are read as a browser reads them.
    pub fn check(self, text: &str) -> Result<Url, Refused> {
        let mut url = Url::parse(text).map_err(|_| Refused::NoUrl)?;
        let known_scheme = url.scheme() == "https" || (self == Self::Anywhere && url.scheme() == "http");
        // The parser takes `https:example.org` and line breaks; a URL that needs mending is a mistake.
        let plain = text.contains("://") && !text.chars().any(|c| c.is_control() || c.is_whitespace());
        let (true, true, Some(host)) = (known_scheme, plain, url.host()) else {
            return Err(Refused::NoUrl);
        };
        if !url.username().is_empty() || url.password().is_some() {
            return Err(Refused::Credentials);
        }
        if self == Self::Public {
            let public = match host {
                Host::Ipv4(address) => is_public(address.into()),
                Host::Ipv6(address) => is_public(address.into()),
                Host::Domain(name) => is_public_name(name),
            };
            if !public {
                return Err(Refused::Private);
            }
        }
        match url.port_or_known_default() {
            Some(80 | 443 | 1024..) => {}
            Some(1..) if self == Self::Anywhere => {}
            _ => return Err(Refused::Port),
        }
        url.set_fragment(None);
        Ok(url)
    }

    /// Whether a connection to this address is allowed.
    pub fn allows(self, address: IpAddr) -> bool {
        self == Self::Anywhere || is_public(address)
    }
}

/// Not a name that means this machine or this network: `localhost`, names without a dot, and the
/// endings kept for private use (RFC 6761, RFC 6762, ICANN's `internal`).
fn is_public_name(name: &str) -> bool {
    let name = name.trim_end_matches('.').to_ascii_lowercase();
    let Some((_, ending)) = name.rsplit_once('.') else {
        return false;
    };
    !matches!(
        ending,
        "localhost" | "local" | "internal" | "home" | "lan" | "corp" | "invalid" | "test"
    ) && !name.ends_with(".home.arpa")
}

/// Whether an address belongs to a machine anybody may reach (IANA's special-purpose registries of
/// IPv4 and IPv6 addresses).
pub fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => is_public_v6(address),
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    !matches!(
        (a, b, c),
        // This network, private, loopback, multicast, reserved and broadcast.
        (0 | 10 | 127 | 224.., _, _)
            // Shared by a carrier's customers.
            | (100, 64..=127, _)
            // Link-local; clouds keep their secrets there.
            | (169, 254, _)
            | (172, 16..=31, _)
            // Protocol assignments, documentation, the old 6to4 relays.
            | (192, 0, 0 | 2)
            | (192, 88, 99)
            | (192, 168, _)
            // Measurements between networks, documentation.
            | (198, 18 | 19, _)
            | (198, 51, 100)
            | (203, 0, 113)
    )
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    let segments = address.segments();
    let embedded = |high: u16, low: u16| {
        let ([a, b], [c, d]) = (high.to_be_bytes(), low.to_be_bytes());
        is_public_v4(Ipv4Addr::new(a, b, c, d))
    };
    match segments {
        // IPv4-mapped, and the translators' well-known prefix (NAT64, RFC 6052): the IPv4 address counts.
        [0, 0, 0, 0, 0, 0xffff, high, low] | [0x64, 0xff9b, 0, 0, 0, 0, high, low] => embedded(high, low),
        // Protocol assignments with Teredo and ORCHID, documentation, 6to4, documentation again.
        [0x2001, 0..=0x01ff | 0x0db8, ..] | [0x2002, ..] | [0x3fff, 0..=0x0fff, ..] => false,
        // Only 2000::/3 is given out: loopback, unique local, link-local, multicast lie elsewhere.
        [first, ..] => first & 0xe000 == 0x2000,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses() {
        for public in [
            "1.1.1.1",
            "8.8.8.8",
            "9.255.255.255",
            "11.0.0.1",
            "100.63.255.255",
            "100.128.0.0",
            "172.15.0.1",
            "172.32.0.1",
            "192.0.1.1",
            "192.167.1.1",
            "198.17.0.1",
            "198.20.0.1",
            "223.255.255.255",
            "2606:4700:4700::1111",
            "2a00:1450::1",
            "::ffff:8.8.8.8",
            "64:ff9b::808:808",
            "2001:200::1",
            "3fff:1000::1",
        ] {
            assert!(is_public(public.parse().unwrap()), "{public}");
        }
        for private in [
            "0.0.0.0",
            "0.1.2.3",
            "10.0.0.1",
            "100.64.0.1",
            "100.127.255.255",
            "127.0.0.1",
            "127.255.255.254",
            "169.254.169.254",
            "172.16.0.1",
            "172.31.255.255",
            "192.0.0.1",
            "192.0.2.1",
            "192.88.99.1",
            "192.168.1.1",
            "198.18.0.1",
            "198.19.255.255",
            "198.51.100.1",
            "203.0.113.1",
            "224.0.0.1",
            "239.1.1.1",
            "240.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::127.0.0.1",
            "::ffff:127.0.0.1",
            "::ffff:10.0.0.1",
            "64:ff9b::a00:1",
            "64:ff9b:1::1",
            "100::1",
            "2001::1",
            "2001:db8::1",
            "2001:20::1",
            "2002:7f00:1::",
            "3fff::1",
            "fc00::1",
            "fd12:3456::1",
            "fe80::1",
            "fec0::1",
            "ff02::1",
        ] {
            assert!(!is_public(private.parse().unwrap()), "{private}");
        }
    }

    #[test]
    fn urls_of_callers() {
        for good in [
            "https://hooks.example.org/x?y=1",
            "https://example.org:8443/",
            "https://1.1.1.1/x",
            "https://[2606:4700::1]/x",
            "https://bücher.example/",
        ] {
            assert!(Reach::Public.check(good).is_ok(), "{good}");
        }
        for (bad, why) in [
            ("", Refused::NoUrl),
            ("hooks.example.org", Refused::NoUrl),
            ("http://hooks.example.org", Refused::NoUrl),
            ("ftp://hooks.example.org", Refused::NoUrl),
            ("https://", Refused::NoUrl),
            ("https:hooks.example.org", Refused::NoUrl),
            ("https://hooks.example.org/a b", Refused::NoUrl),
            ("https://hooks.example.org/\n", Refused::NoUrl),
            ("https://me@hooks.example.org/", Refused::Credentials),
            ("https://me:word@hooks.example.org/", Refused::Credentials),
            ("https://hooks.example.org:22/", Refused::Port),
            ("https://hooks.example.org:0/", Refused::Port),
            ("https://localhost/", Refused::Private),
            ("https://LocalHost./", Refused::Private),
            ("https://a.localhost/", Refused::Private),
            ("https://intranet/", Refused::Private),
            ("https://printer.local/", Refused::Private),
            ("https://metadata.google.internal/", Refused::Private),
            ("https://127.0.0.1/", Refused::Private),
            ("https://127.1/", Refused::Private),
            ("https://2130706433/", Refused::Private),
            ("https://0x7f.0.0.1/", Refused::Private),
            ("https://0177.0.0.1/", Refused::Private),
            ("https://0/", Refused::Private),
            ("https://１２７.0.0.1/", Refused::Private),
            ("https://169.254.169.254/latest", Refused::Private),
            ("https://[::1]/", Refused::Private),
            ("https://[::ffff:10.0.0.1]/", Refused::Private),
            ("https://[fd00::1]/", Refused::Private),
        ] {
            assert_eq!(Reach::Public.check(bad).unwrap_err(), why, "{bad}");
        }
    }

    #[test]
    fn an_operator_may_name_any_machine() {
        for good in ["http://127.0.0.1:11434/v1", "http://llm:80/", "https://localhost:25/x"] {
            assert!(Reach::Anywhere.check(good).is_ok(), "{good}");
        }
        assert_eq!(Reach::Anywhere.check("file:///etc/passwd").unwrap_err(), Refused::NoUrl);
        let url = Reach::Anywhere.check("http://a.example/x#part").unwrap();
        assert_eq!(url.as_str(), "http://a.example/x");
    }
}
