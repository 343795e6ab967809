//! Any octets: no panic, and what is proposed says of itself the same again.
//!
//! The octets of a candidate are put into a response of their own, with a signature as a placeholder. What is proposed of that has the same
//! values, and from then on the same octets: canonical octets are a fixed point.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sts_federation_core::{Candidate, bounds, propose};

const SIGNATURE: &str = concat!(
    "<ds:Signature xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\"><ds:SignedInfo>",
    "<ds:CanonicalizationMethod Algorithm=\"http://www.w3.org/2001/10/xml-exc-c14n#\"></ds:CanonicalizationMethod>",
    "<ds:SignatureMethod Algorithm=\"urn:m\"></ds:SignatureMethod><ds:Reference URI=\"#x\"><ds:Transforms>",
    "<ds:Transform Algorithm=\"http://www.w3.org/2000/09/xmldsig#enveloped-signature\"></ds:Transform>",
    "<ds:Transform Algorithm=\"http://www.w3.org/2001/10/xml-exc-c14n#\"></ds:Transform></ds:Transforms>",
    "<ds:DigestMethod Algorithm=\"urn:d\"></ds:DigestMethod><ds:DigestValue>AAAA</ds:DigestValue></ds:Reference></ds:SignedInfo>",
    "<ds:SignatureValue>AAAA</ds:SignatureValue></ds:Signature>",
);
const HEAD: &str = concat!(
    "<p:Response xmlns:p=\"urn:oasis:names:tc:SAML:2.0:protocol\"><p:Status>",
    "<p:StatusCode Value=\"urn:oasis:names:tc:SAML:2.0:status:Success\"></p:StatusCode></p:Status>",
);
const TAIL: &str = "</p:Response>";

/// What is proposed of one document: the octets of either candidate, and the values as text, without the fields of an unsigned envelope.
#[derive(Debug, PartialEq)]
struct Said {
    response: Option<Vec<u8>>,
    own: Option<Vec<u8>>,
    assertion: String,
    signed_envelope: Option<String>,
}

fn said(octets: &[u8]) -> Option<Said> {
    let of = |candidate: Option<&Candidate>| candidate.map(|candidate| candidate.octets.clone());
    propose(octets, |response, own, proposal| {
        Some(Said {
            response: of(response),
            own: of(own),
            assertion: format!("{:?}", proposal.assertion),
            signed_envelope: response.map(|_| format!("{:?}", proposal.envelope)),
        })
    })
}

/// Put the placeholder behind the first Issuer, which is that of the element itself.
fn signed(canonical: &str) -> String {
    let start = canonical.find("Issuer").expect("a signature follows an Issuer");
    let end = start + canonical[start + 1..].find("Issuer>").expect("canonical elements have an end tag") + 1 + "Issuer>".len();
    format!("{}{SIGNATURE}{}", &canonical[..end], &canonical[end..])
}

fn again(octets: &[u8], is_response: bool) -> Said {
    let whole = signed(std::str::from_utf8(octets).expect("canonical octets are UTF-8"));
    let document = if is_response { whole } else { format!("{HEAD}{whole}{TAIL}") };
    said(document.as_bytes()).expect("what was proposed once is proposed again")
}

fuzz_target!(|octets: &[u8]| {
    let Some(first) = said(octets) else { return };
    let (canonical, is_response) = match (&first.own, &first.response) {
        (Some(own), _) => (own, false),
        (None, Some(response)) => (response, true),
        (None, None) => panic!("a proposal without a candidate"),
    };
    if canonical.len() + HEAD.len() + SIGNATURE.len() + TAIL.len() > bounds::OCTETS {
        return;
    }
    let second = again(canonical, is_response);
    assert_eq!(first.assertion, second.assertion);
    if is_response {
        assert_eq!(first.signed_envelope, second.signed_envelope);
    }
    let fixed = second.own.as_ref().or(second.response.as_ref()).expect("a candidate");
    let third = again(fixed, is_response);
    assert_eq!(second, third);
});
