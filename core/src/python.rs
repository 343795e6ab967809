//! The module `sts_federation_core`: [`propose`](crate::propose) with its result as tuples of Python.

use std::panic::{AssertUnwindSafe, catch_unwind};

use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict, PyString, PyTuple};

use crate::assertion::{Assertion, AuthnStatement, Conditions, Confirmation, NameId, Subject};
use crate::bounds;
use crate::envelope::Envelope;
use crate::proposal::{Candidate, Proposal};

type Tuple<'py> = Bound<'py, PyTuple>;

/// Propose what *octets*, a SAML response, say; None where anything about them is unusual.
///
/// A panic would be a bug of this crate: it becomes None, too, so that the caller's own road judges.
#[pyfunction]
fn propose<'py>(py: Python<'py>, octets: &[u8]) -> Option<Tuple<'py>> {
    let proposed = catch_unwind(AssertUnwindSafe(|| {
        crate::propose(octets, |response, assertion, proposal| proposed(py, response, assertion, proposal).ok())
    }));
    proposed.unwrap_or(None)
}

fn proposed<'py>(
    py: Python<'py>,
    response: Option<&Candidate>,
    assertion: Option<&Candidate>,
    proposal: &Proposal<'_>,
) -> PyResult<Tuple<'py>> {
    let response = response.map(|candidate| candidate_tuple(py, candidate)).transpose()?;
    let own = assertion.map(|candidate| candidate_tuple(py, candidate)).transpose()?;
    (response, own, envelope_tuple(py, &proposal.envelope)?, assertion_tuple(py, &proposal.assertion)?).into_pyobject(py)
}

fn candidate_tuple<'py>(py: Python<'py>, candidate: &Candidate) -> PyResult<Tuple<'py>> {
    (
        candidate.element_id.as_str(),
        PyBytes::new(py, &candidate.signed_info),
        PyString::intern(py, &candidate.signature_method),
        PyString::intern(py, &candidate.digest_method),
        candidate.uri.as_str(),
        PyBytes::new(py, &candidate.digest),
        PyBytes::new(py, &candidate.value),
        PyBytes::new(py, &candidate.octets),
    )
        .into_pyobject(py)
}

fn envelope_tuple<'py>(py: Python<'py>, envelope: &Envelope<'_>) -> PyResult<Tuple<'py>> {
    (
        envelope.version,
        envelope.id,
        envelope.issue_instant,
        envelope.issuer,
        envelope.issuer_format,
        envelope.destination,
        envelope.in_response_to,
        PyTuple::new(py, &envelope.status_codes)?,
        envelope.status_message,
    )
        .into_pyobject(py)
}

fn assertion_tuple<'py>(py: Python<'py>, assertion: &Assertion<'_>) -> PyResult<Tuple<'py>> {
    let statements: Vec<Tuple<'py>> =
        assertion.authn_statements.iter().map(|statement| statement_tuple(py, statement)).collect::<PyResult<_>>()?;
    (
        assertion.version,
        assertion.id,
        assertion.issue_instant,
        assertion.issuer,
        assertion.issuer_format,
        assertion.subject.as_ref().map(|subject| subject_tuple(py, subject)).transpose()?,
        assertion.conditions.as_ref().map(|conditions| conditions_tuple(py, conditions)).transpose()?,
        PyTuple::new(py, statements)?,
        attributes_dict(py, &assertion.attributes)?,
    )
        .into_pyobject(py)
}

fn statement_tuple<'py>(py: Python<'py>, statement: &AuthnStatement<'_>) -> PyResult<Tuple<'py>> {
    (statement.authn_instant, statement.session_index, statement.session_not_on_or_after).into_pyobject(py)
}

fn subject_tuple<'py>(py: Python<'py>, subject: &Subject<'_>) -> PyResult<Tuple<'py>> {
    let confirmations: Vec<Tuple<'py>> =
        subject.confirmations.iter().map(|confirmation| confirmation_tuple(py, confirmation)).collect::<PyResult<_>>()?;
    let name_id = subject.name_id.as_ref().map(|name_id| name_id_tuple(py, name_id)).transpose()?;
    (name_id, PyTuple::new(py, confirmations)?).into_pyobject(py)
}

fn name_id_tuple<'py>(py: Python<'py>, name_id: &NameId<'_>) -> PyResult<Tuple<'py>> {
    (name_id.text, name_id.format, name_id.name_qualifier, name_id.sp_name_qualifier, name_id.sp_provided_id).into_pyobject(py)
}

fn confirmation_tuple<'py>(py: Python<'py>, confirmation: &Confirmation<'_>) -> PyResult<Tuple<'py>> {
    (
        confirmation.method,
        confirmation.recipient,
        confirmation.not_on_or_after,
        confirmation.not_before,
        confirmation.in_response_to,
        confirmation.address,
    )
        .into_pyobject(py)
}

fn conditions_tuple<'py>(py: Python<'py>, conditions: &Conditions<'_>) -> PyResult<Tuple<'py>> {
    let restrictions: Vec<Tuple<'py>> =
        conditions.audience_restrictions.iter().map(|audiences| PyTuple::new(py, audiences)).collect::<PyResult<_>>()?;
    (conditions.not_before, conditions.not_on_or_after, PyTuple::new(py, restrictions)?, conditions.one_time_use).into_pyobject(py)
}

fn attributes_dict<'py>(py: Python<'py>, attributes: &[(&str, Vec<&str>)]) -> PyResult<Bound<'py, PyDict>> {
    let found = PyDict::new(py);
    for (name, values) in attributes {
        found.set_item(name, PyTuple::new(py, values)?)?;
    }
    Ok(found)
}

/// The fast road of sts-federation.
#[pymodule]
fn sts_federation_core(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_function(wrap_pyfunction!(propose, module)?)?;
    module.add("__version__", env!("CARGO_PKG_VERSION"))?;
    let limits = PyDict::new(module.py());
    for (name, value) in [
        ("SAML_RESPONSE_OCTETS", bounds::OCTETS),
        ("XML_DEPTH", bounds::DEPTH),
        ("XML_ATTRIBUTES_PER_ELEMENT", bounds::ATTRIBUTES),
        ("XML_NAMESPACES", bounds::NAMESPACES),
        ("XML_NAMESPACE_CHARS", bounds::NAMESPACE_OCTETS),
        ("XML_ELEMENTS_ALWAYS", bounds::ELEMENTS_ALWAYS),
        ("INCLUSIVE_PREFIXES", bounds::PREFIXES),
        ("INCLUSIVE_PREFIX_CHARS", bounds::PREFIX_OCTETS),
        ("SIGNED_INFO_OCTETS", bounds::SIGNED_INFO_OCTETS),
    ] {
        limits.set_item(name, value)?;
    }
    module.add("BOUNDS", limits)?;
    module.add("OCTETS_PER_ELEMENT", bounds::OCTETS_PER_ELEMENT)
}
