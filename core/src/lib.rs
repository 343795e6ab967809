//! The fast road of sts-federation.
//!
//! [`propose`] takes the octets of a SAML response. It either proposes what the response says, or steps aside. A proposal holds the
//! canonical octets of each signed element, the canonical octets of its `SignedInfo`, and typed values that are read from the canonical
//! octets of the signed element alone. The caller verifies digest and signature: a proposal with other octets than the signer's fails there.
//!
//! Nothing here refuses a response, knows a rule of AWS, or holds a text for people. Input that is unusual in any way is left to the
//! caller's own road: the result is [`None`].
#![deny(unsafe_code)]

mod assertion;
mod base64;
pub mod bounds;
mod canonical;
mod document;
mod envelope;
mod names;
mod proposal;
#[cfg(feature = "python")]
mod python;
mod scanner;
mod signature;

pub use assertion::{Assertion, AuthnStatement, Conditions, Confirmation, NameId, Subject};
pub use envelope::Envelope;
pub use proposal::{Candidate, Proposal, propose};
