//! From the octets of a response to what is proposed of it.

use crate::assertion::{Assertion, read_assertion, signature_of};
use crate::canonical::canonical;
use crate::document::{Document, Element, Event};
use crate::envelope::{Envelope, Parts, read_response};
use crate::names::Namespace;
use crate::signature::{read_signature, read_signed_info};

/// A signed element, as its signature says. Nothing of it is verified.
#[derive(Debug, PartialEq, Eq)]
pub struct Candidate {
    /// The ID of the signed element.
    pub element_id: String,
    /// The canonical octets of `SignedInfo`, which the signature value covers.
    pub signed_info: Vec<u8>,
    /// The algorithm of the signature.
    pub signature_method: String,
    /// The algorithm of the digest.
    pub digest_method: String,
    /// The URI of the Reference.
    pub uri: String,
    /// The digest of the Reference.
    pub digest: Vec<u8>,
    /// The signature value.
    pub value: Vec<u8>,
    /// The canonical octets of the element without its Signature.
    pub octets: Vec<u8>,
}

/// What a response says, where whoever is handed it verifies each candidate first.
#[derive(Debug, PartialEq, Eq)]
pub struct Proposal<'p> {
    /// The Response's own fields: from its canonical octets where it is signed, from the document where not.
    pub envelope: Envelope<'p>,
    /// The assertion: from its own canonical octets where it is signed, from those of the Response where not.
    pub assertion: Assertion<'p>,
}

/// Propose what *octets* say to *take*, with the candidates over the Response and over the Assertion, one at least.
///
/// `None` where anything is unusual: it says nothing of whether the response is good.
pub fn propose<T>(octets: &[u8], take: impl FnOnce(Option<&Candidate>, Option<&Candidate>, &Proposal<'_>) -> Option<T>) -> Option<T> {
    let document = Document::parse(octets)?;
    let root = document.root()?;
    let Parts { envelope, signature, assertion } = read_response(root)?;
    let inner = signature_of(assertion);
    check_census(&document, usize::from(signature.is_some()) + usize::from(inner.is_some()))?;
    let response = match signature {
        Some(signature) => Some(candidate(root, signature, octets.len())?),
        None => None,
    };
    let own = match inner {
        Some(signature) => Some(candidate(assertion, signature, octets.len())?),
        None => None,
    };
    let signed_response = match &response {
        Some(candidate) => Some(Document::parse(&candidate.octets)?),
        None => None,
    };
    let signed_parts = match &signed_response {
        Some(document) => {
            let parts = read_response(document.root()?)?;
            (parts.signature.is_none() && parts.envelope.id? == response.as_ref()?.element_id).then_some(Some(parts))?
        }
        None => None,
    };
    let signed_assertion = match &own {
        Some(candidate) => Some(Document::parse(&candidate.octets)?),
        None => None,
    };
    let (envelope, inside) = match signed_parts {
        Some(parts) => (parts.envelope, Some(parts.assertion)),
        None => (envelope, None),
    };
    let assertion = read_assertion(match &signed_assertion {
        Some(document) => document.root()?,
        None => inside?,
    })?;
    if own.as_ref().is_some_and(|candidate| candidate.element_id != assertion.id) {
        return None;
    }
    take(response.as_ref(), own.as_ref(), &Proposal { envelope, assertion })
}

fn candidate(element: Element<'_, '_>, signature: Element<'_, '_>, size: usize) -> Option<Candidate> {
    let parts = read_signature(signature)?;
    let info = read_signed_info(&parts.signed_info)?;
    let prefixes: Vec<&str> = info.prefixes.iter().map(String::as_str).collect();
    Some(Candidate {
        element_id: element.attribute("ID")?.to_owned(),
        octets: canonical(element, Some(signature.at), &prefixes, size + size / 8)?,
        signed_info: parts.signed_info,
        signature_method: info.signature_method,
        digest_method: info.digest_method,
        uri: info.uri,
        digest: info.digest,
        value: parts.value,
    })
}

/// Step aside unless the document has one Response, one Assertion and the *signatures* that were placed, in any namespace, and every ID
/// once in any spelling: what else there is, another reader could take for the one that was signed.
fn check_census(document: &Document<'_>, signatures: usize) -> Option<()> {
    let (mut responses, mut assertions, mut signed) = (0, 0, 0);
    for event in &document.events {
        let Event::Start(start) = event else { continue };
        match start.local {
            "Response" => responses += 1,
            "Assertion" => assertions += 1,
            "Signature" => signed += 1,
            "EncryptedAssertion" => return None,
            _ => {}
        }
    }
    let mut ids: Vec<&str> = Vec::with_capacity(8);
    for attribute in document.all_attributes() {
        if attribute.local.eq_ignore_ascii_case("id") || attribute.local == "AssertionID" {
            ids.push(&attribute.value);
        }
        if attribute.namespace != Namespace::None && attribute.namespace != Namespace::Xsi {
            return None;
        }
    }
    ids.sort_unstable();
    let unique = ids.windows(2).all(|pair| matches!(pair, [one, other] if one != other));
    (unique && (responses, assertions, signed) == (1, 1, signatures) && signatures > 0).then_some(())
}
