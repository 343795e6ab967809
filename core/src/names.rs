//! The namespaces and identifiers that the fast road knows.

/// The namespace of an element or attribute.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Namespace {
    /// An attribute without a prefix.
    None,
    /// SAML assertions.
    Saml,
    /// The SAML protocol.
    Samlp,
    /// XML Signature.
    Ds,
    /// Exclusive canonicalisation.
    Ec,
    /// XML Schema instances.
    Xsi,
    /// Any other: it may be declared, but no element or attribute of it is known.
    Other,
}

impl Namespace {
    pub(crate) fn of(name: &str) -> Self {
        match name {
            "urn:oasis:names:tc:SAML:2.0:assertion" => Self::Saml,
            "urn:oasis:names:tc:SAML:2.0:protocol" => Self::Samlp,
            "http://www.w3.org/2000/09/xmldsig#" => Self::Ds,
            EXCLUSIVE => Self::Ec,
            "http://www.w3.org/2001/XMLSchema-instance" => Self::Xsi,
            _ => Self::Other,
        }
    }
}

/// Exclusive canonicalisation without comments; its namespace is the same.
pub(crate) const EXCLUSIVE: &str = "http://www.w3.org/2001/10/xml-exc-c14n#";
/// The enveloped-signature transform.
pub(crate) const ENVELOPED: &str = "http://www.w3.org/2000/09/xmldsig#enveloped-signature";
/// The namespaces that XML itself reserves: a declaration of one is unusual.
pub(crate) const RESERVED: [&str; 2] = ["http://www.w3.org/XML/1998/namespace", "http://www.w3.org/2000/xmlns/"];

/// Tell whether `name` is a namespace name that every parser and canonicaliser takes as an absolute URI: a scheme, plain characters, no
/// port, and a number sign at the end alone.
pub(crate) fn is_plain_uri(name: &str) -> bool {
    let Some((scheme, rest)) = name.split_once(':') else { return false };
    let rest = rest.strip_suffix('#').unwrap_or(rest);
    let more: &[u8] = if rest.starts_with("//") { b"/.-_~" } else { b"/.-_~:" };
    let mut letters = scheme.bytes();
    letters.next().is_some_and(|first| first.is_ascii_alphabetic())
        && letters.all(|other| other.is_ascii_alphanumeric())
        && !rest.is_empty()
        && rest.bytes().all(|octet| octet.is_ascii_alphanumeric() || more.contains(&octet))
}

#[cfg(test)]
mod tests {
    use super::is_plain_uri;

    #[test]
    fn a_plain_uri_has_a_scheme_and_no_port() {
        for name in ["urn:oasis:names:tc:SAML:2.0:assertion", "http://www.w3.org/2000/09/xmldsig#", "a:b"] {
            assert!(is_plain_uri(name), "{name}");
        }
        for name in ["", "a", ":a", "a:", "a:#", "1a:b", "http://a:80/", "http://a:", "urn:a##", "urn:a#b#", "urn:[", "urn:a b", "urn:%41"]
        {
            assert!(!is_plain_uri(name), "{name}");
        }
    }
}
