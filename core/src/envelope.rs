//! The fields of the Response element (SAML Core 3.2.2).

use crate::document::Element;
use crate::names::Namespace;

/// The fields of a Response as written.
#[derive(Debug, PartialEq, Eq)]
pub struct Envelope<'a> {
    /// Version.
    pub version: Option<&'a str>,
    /// ID.
    pub id: Option<&'a str>,
    /// `IssueInstant`, not parsed.
    pub issue_instant: Option<&'a str>,
    /// Text of the Issuer.
    pub issuer: Option<&'a str>,
    /// Format of the Issuer.
    pub issuer_format: Option<&'a str>,
    /// Destination.
    pub destination: Option<&'a str>,
    /// `InResponseTo`.
    pub in_response_to: Option<&'a str>,
    /// Values of the status codes, from the top-level one down.
    pub status_codes: Vec<&'a str>,
    /// `StatusMessage`.
    pub status_message: Option<&'a str>,
}

/// The parts of a Response in the order of the schema.
pub(crate) struct Parts<'d, 'a> {
    pub(crate) envelope: Envelope<'d>,
    pub(crate) signature: Option<Element<'d, 'a>>,
    pub(crate) assertion: Element<'d, 'a>,
}

const ISSUER_ATTRIBUTES: [&str; 4] = ["Format", "NameQualifier", "SPNameQualifier", "SPProvidedID"];

/// Read the Response *root*: Issuer, Signature, Status, Assertion.
pub(crate) fn read_response<'d, 'a>(root: Element<'d, 'a>) -> Option<Parts<'d, 'a>> {
    if !root.is(Namespace::Samlp, "Response") {
        return None;
    }
    root.only(&["ID", "Version", "IssueInstant", "Destination", "Consent", "InResponseTo"])?;
    let mut children = root.children();
    let mut child = children.next()?;
    let issuer = if child.is(Namespace::Saml, "Issuer") { Some(child.only(&ISSUER_ATTRIBUTES)?) } else { None };
    if issuer.is_some() {
        child = children.next()?;
    }
    let mut signature = None;
    if issuer.is_some() && child.is(Namespace::Ds, "Signature") {
        signature = Some(child);
        child = children.next()?;
    }
    let (status_codes, status_message) = read_status(child)?;
    let assertion = children.next().filter(|child| child.is(Namespace::Saml, "Assertion"))?;
    if children.next().is_some() {
        return None;
    }
    let envelope = Envelope {
        version: root.attribute("Version"),
        id: root.attribute("ID"),
        issue_instant: root.attribute("IssueInstant"),
        issuer: match issuer {
            Some(issuer) => Some(issuer.text()?),
            None => None,
        },
        issuer_format: issuer.and_then(|issuer| issuer.attribute("Format")),
        destination: root.attribute("Destination"),
        in_response_to: root.attribute("InResponseTo"),
        status_codes,
        status_message,
    };
    Some(Parts { envelope, signature, assertion })
}

fn read_status<'d>(status: Element<'d, '_>) -> Option<(Vec<&'d str>, Option<&'d str>)> {
    if !status.is(Namespace::Samlp, "Status") {
        return None;
    }
    let mut children = status.only(&[])?.children();
    let mut code = children.next().filter(|child| child.is(Namespace::Samlp, "StatusCode"));
    let mut codes = Vec::with_capacity(1);
    while let Some(here) = code {
        codes.push(here.only(&["Value"])?.attribute("Value")?);
        let mut nested = here.children();
        code = nested.next();
        if nested.next().is_some() || code.is_some_and(|code| !code.is(Namespace::Samlp, "StatusCode")) {
            return None;
        }
    }
    let message = children.next();
    let usual = !codes.is_empty() && children.next().is_none() && message.is_none_or(|child| child.is(Namespace::Samlp, "StatusMessage"));
    usual.then_some(())?;
    match message {
        Some(message) => Some((codes, Some(message.only(&[])?.text()?))),
        None => Some((codes, None)),
    }
}
