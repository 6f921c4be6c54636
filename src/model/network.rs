//! A network in CIDR form (RFC 4632): `192.0.2.0/24`, `2001:db8::/32`, or one address without a slash.
//! Never a host name: what a name resolves to is somebody else's word.

use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

/// A range of IP addresses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Network {
    first: IpAddr,
    bits: u8,
}

impl Network {
    /// Whether it holds every address there is of its family.
    pub fn is_everything(&self) -> bool {
        self.bits == 0
    }

    /// Whether the address lies in this network. IPv4 written as `::ffff:192.0.2.1` counts as IPv4.
    pub fn contains(&self, address: IpAddr) -> bool {
        match (self.first, address.to_canonical()) {
            (IpAddr::V4(net), IpAddr::V4(a)) => {
                prefix(net.to_bits().into(), self.bits, 32) == prefix(a.to_bits().into(), self.bits, 32)
            }
            (IpAddr::V6(net), IpAddr::V6(a)) => {
                prefix(net.to_bits(), self.bits, 128) == prefix(a.to_bits(), self.bits, 128)
            }
            _ => false,
        }
    }
}

/// The first `bits` of a number that is `width` bits long.
fn prefix(number: u128, bits: u8, width: u8) -> u128 {
    number.checked_shr(u32::from(width.saturating_sub(bits))).unwrap_or(0)
}

impl FromStr for Network {
    type Err = &'static str;

    /// Refuses bits set behind the prefix: `192.0.2.1/24` means either too much or too little.
    fn from_str(text: &str) -> Result<Network, &'static str> {
        const FORM: &str = "not a network: write it as 192.0.2.0/24 or 2001:db8::/32";
        let (address, bits) = match text.split_once('/') {
            Some((address, bits)) => (address, Some(bits.parse::<u8>().map_err(|_| FORM)?)),
            None => (text, None),
        };
        let first: IpAddr = address.parse().map_err(|_| FORM)?;
        if matches!(first, IpAddr::V6(a) if a.to_ipv4_mapped().is_some()) {
            return Err("an IPv4 network in IPv6 form: write it as 192.0.2.0/24");
        }
        let (number, width) = match first {
            IpAddr::V4(a) => (u128::from(a.to_bits()), 32),
            IpAddr::V6(a) => (a.to_bits(), 128),
        };
        let bits = bits.unwrap_or(width);
        if bits > width {
            return Err("a network's prefix has at most 32 bits (IPv4) or 128 bits (IPv6)");
        }
        let kept = prefix(number, bits, width).checked_shl(u32::from(width - bits)).unwrap_or(0);
        if kept != number {
            return Err("bits are set behind the prefix: write the network's first address");
        }
        Ok(Network { first, bits })
    }
}

impl fmt::Display for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.first, self.bits)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn holds_what_lies_in_it() {
        for (net, address, inside) in [
            ("192.0.2.0/24", "192.0.2.255", true),
            ("192.0.2.0/24", "192.0.3.0", false),
            ("192.0.2.0/24", "::ffff:192.0.2.9", true),
            ("192.0.2.7", "192.0.2.7", true),
            ("192.0.2.7", "192.0.2.6", false),
            ("0.0.0.0/0", "203.0.113.1", true),
            ("0.0.0.0/0", "2001:db8::1", false),
            ("2001:db8::/32", "2001:db8:ffff::1", true),
            ("2001:db8::/32", "2001:db9::1", false),
            ("::/0", "2001:db8::1", true),
        ] {
            let net: Network = net.parse().unwrap();
            assert_eq!(net.contains(address.parse().unwrap()), inside, "{net} {address}");
        }
    }

    #[test]
    fn refuses_what_is_no_network() {
        for text in [
            "",
            "/",
            "x/8",
            "192.0.2.0/33",
            "192.0.2.1/24",
            "2001:db8::1/32",
            "192.0.2.0/-1",
            "1.2.3/8",
            "::/129",
            "::ffff:192.0.2.0/120",
        ] {
            assert!(text.parse::<Network>().is_err(), "{text}");
        }
    }
}
