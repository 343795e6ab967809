//! `ds:Signature` and `ds:SignedInfo` in the shape that SAML Core 5.4 allows: one Reference, enveloped, exclusive canonicalisation.

use crate::base64;
use crate::bounds;
use crate::canonical::canonical;
use crate::document::{Document, Element};
use crate::names::{ENVELOPED, EXCLUSIVE, Namespace};
use crate::scanner::is_nc_name;

/// What a Signature says of itself. Only `signed_info` is covered by its value.
pub(crate) struct Signature {
    pub(crate) signed_info: Vec<u8>,
    pub(crate) value: Vec<u8>,
}

/// The values of a `SignedInfo`, read from its canonical octets.
pub(crate) struct SignedInfo {
    pub(crate) signature_method: String,
    pub(crate) digest_method: String,
    pub(crate) uri: String,
    pub(crate) digest: Vec<u8>,
    pub(crate) prefixes: Vec<String>,
}

/// Read *signature*, and canonicalise its `SignedInfo`. `KeyInfo` may be there and is never used.
pub(crate) fn read_signature(signature: Element<'_, '_>) -> Option<Signature> {
    let mut children = signature.only(&["Id"])?.children();
    let signed_info = children.next().filter(|child| child.is(Namespace::Ds, "SignedInfo"))?.only(&["Id"])?;
    let value = children.next().filter(|child| child.is(Namespace::Ds, "SignatureValue"))?.only(&["Id"])?;
    if let Some(key_info) = children.next() {
        check_key_info(key_info)?;
    }
    if children.next().is_some() {
        return None;
    }
    let method = signed_info.children().next().filter(|child| child.is(Namespace::Ds, "CanonicalizationMethod"))?;
    let prefixes = read_canonicalisation(method)?;
    let prefixes: Vec<&str> = prefixes.iter().map(String::as_str).collect();
    let octets = canonical(signed_info, None, &prefixes, 1024)?;
    (octets.len() <= bounds::SIGNED_INFO_OCTETS).then_some(())?;
    Some(Signature { signed_info: octets, value: base64::decode(value.text()?)? })
}

fn check_key_info(key_info: Element<'_, '_>) -> Option<()> {
    let known = ["X509Data", "KeyName", "KeyValue"];
    let mut children = key_info.only(&["Id"])?.children();
    let usual = key_info.is(Namespace::Ds, "KeyInfo")
        && children.all(|child| child.start.namespace == Namespace::Ds && known.contains(&child.start.local) && is_plain(child));
    usual.then_some(())
}

/// Tell whether everything at and below *element* is of XML Signature, without attributes.
fn is_plain(element: Element<'_, '_>) -> bool {
    element.start.namespace == Namespace::Ds && element.only(&[]).is_some() && element.children().all(is_plain)
}

/// Read *octets*, the canonical form of a `SignedInfo`.
pub(crate) fn read_signed_info(octets: &[u8]) -> Option<SignedInfo> {
    let document = Document::parse(octets)?;
    let root = document.root().filter(|root| root.is(Namespace::Ds, "SignedInfo"))?;
    let [canonicalisation, signature_method, reference] = three(root, ["CanonicalizationMethod", "SignatureMethod", "Reference"])?;
    read_canonicalisation(canonicalisation)?;
    let [transforms, digest_method, digest_value] = three(reference.only(&["Id", "URI"])?, ["Transforms", "DigestMethod", "DigestValue"])?;
    let mut both = transforms.is_blank().then_some(transforms)?.only(&[])?.children();
    let (enveloped, exclusive) = (both.next()?, both.next()?);
    if both.next().is_some() || !enveloped.is(Namespace::Ds, "Transform") || !exclusive.is(Namespace::Ds, "Transform") {
        return None;
    }
    if read_algorithm(enveloped)? != ENVELOPED {
        return None;
    }
    Some(SignedInfo {
        signature_method: read_algorithm(signature_method)?.to_owned(),
        digest_method: read_algorithm(digest_method)?.to_owned(),
        uri: reference.attribute("URI")?.to_owned(),
        digest: base64::decode(digest_value.only(&[])?.text()?)?,
        prefixes: read_canonicalisation(exclusive)?,
    })
}

/// Return the three child elements of *element*. The only text in them, but for white space, is the `DigestValue`.
fn three<'d, 'a>(element: Element<'d, 'a>, names: [&str; 3]) -> Option<[Element<'d, 'a>; 3]> {
    let mut children = element.children();
    let found = [children.next()?, children.next()?, children.next()?];
    let usual = children.next().is_none() && found.iter().zip(names).all(|(child, name)| child.is(Namespace::Ds, name));
    (usual && element.is_blank()).then_some(found)
}

/// Return the Algorithm of a method without parameters.
fn read_algorithm<'d>(method: Element<'d, '_>) -> Option<&'d str> {
    (method.is_blank() && method.children().next().is_none()).then_some(())?;
    method.only(&["Algorithm"])?.attribute("Algorithm")
}

/// Return the `PrefixList` of a method of exclusive canonicalisation.
fn read_canonicalisation(method: Element<'_, '_>) -> Option<Vec<String>> {
    if method.only(&["Algorithm"])?.attribute("Algorithm")? != EXCLUSIVE || !method.is_blank() {
        return None;
    }
    let mut children = method.children();
    let Some(inclusive) = children.next() else { return Some(Vec::new()) };
    if children.next().is_some() || !inclusive.is(Namespace::Ec, "InclusiveNamespaces") || !inclusive.text()?.is_empty() {
        return None;
    }
    let list = inclusive.only(&["PrefixList"])?.attribute("PrefixList")?;
    let prefixes: Vec<String> = list.split([' ', '\t', '\r', '\n']).filter(|prefix| !prefix.is_empty()).map(str::to_owned).collect();
    let usual = prefixes.len() <= bounds::PREFIXES
        && prefixes.iter().all(|prefix| is_nc_name(prefix) && !prefix.starts_with("xml") && prefix.len() <= bounds::PREFIX_OCTETS);
    usual.then_some(prefixes)
}
