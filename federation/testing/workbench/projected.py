"""The tokens that a cluster of Amazon EKS projects into its pods, for IAM roles for service accounts."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import NAMESPACE_URL, uuid4, uuid5

from federation import clock
from federation.errors import ValidationError, show
from federation.testing.workbench.issuers import Issuers, shape_named
from federation.testing.workbench.minted import Minted, check_validity
from federation.testing.workbench.moving import MovableClock

SHAPE: Final = "eks"
WARN_SECONDS: Final = 3_607
"""Seconds from ``iat`` to ``warnafter``, which the API server sets where the kubelet asked for a longer life than an hour."""
_ID: Final = re.compile(r"[0-9A-F]{32}", re.ASCII)
_LABEL: Final = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?", re.ASCII)
_NAME: Final = re.compile(r"[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?", re.ASCII)
_REGION: Final = re.compile(r"[a-z]{2}(?:-[a-z]+)+-\d{1,2}", re.ASCII)
_CLUSTER: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,99}", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Workload:
    """A pod that runs under a service account of a cluster.

    Attributes:
        namespace: Its namespace.
        service_account: Name of the service account.
        pod: Name of the pod; empty for one derived from the service account.
        node: Name of the node; empty for one of the region.
        cluster: Name of the cluster, or the 32 hexadecimal digits of its issuer.
        region: Region of the cluster.
    """

    namespace: str = "default"
    service_account: str = "default"
    pod: str = ""
    node: str = ""
    cluster: str = "test"
    region: str = "us-east-1"

    def __post_init__(self) -> None:
        """Check the names, by the rules of Kubernetes and EKS.

        Raises:
            ValidationError: One of them is none.
        """
        rules = {
            "namespace": (self.namespace, _LABEL),
            "service_account": (self.service_account, _NAME),
            "pod": (self.pod or "pod", _NAME),
            "node": (self.node or "node", _NAME),
            "cluster": (self.cluster, _CLUSTER),
            "region": (self.region, _REGION),
        }
        for name, (value, pattern) in rules.items():
            if not isinstance(value, str) or pattern.fullmatch(value) is None:
                expected = f"{name} matching {pattern.pattern}"
                raise ValidationError(check="workload", expected=expected, found=show(value), remedy="name it as the cluster does")

    @property
    def issuer(self) -> str:
        """URL of the cluster's issuer."""
        derived = hashlib.sha256(f"{self.region} {self.cluster}".encode()).hexdigest()[:32].upper()
        return f"https://oidc.eks.{self.region}.amazonaws.com/id/{self.cluster if _ID.fullmatch(self.cluster) else derived}"

    @property
    def subject(self) -> str:
        """``sub`` of its tokens."""
        return f"system:serviceaccount:{self.namespace}:{self.service_account}"

    def claims(self, *, at: datetime) -> dict[str, Any]:
        """Return the claim ``kubernetes.io`` of a token issued at *at*, aware."""
        pod = self.pod or f"{self.service_account}-5d9f8c7b6d-x2x4z"
        node = self.node or f"ip-192-0-2-10.{self.region}.compute.internal"
        return {
            "kubernetes.io": {
                "namespace": self.namespace,
                "node": {"name": node, "uid": self._uid("node", node)},
                "pod": {"name": pod, "uid": self._uid("pod", pod)},
                "serviceaccount": {"name": self.service_account, "uid": self._uid("serviceaccount", self.service_account)},
                "warnafter": int(at.timestamp()) + WARN_SECONDS,
            }
        }

    def _uid(self, kind: str, name: str) -> str:
        return str(uuid5(NAMESPACE_URL, f"{self.issuer}/{self.namespace}/{kind}/{name}"))


class Clusters:
    """The clusters whose tokens a workbench signs."""

    def __init__(self, issuers: Issuers, now: MovableClock) -> None:
        """Sign with the keys of *issuers*, and issue by the clock *now*."""
        self._issuers, self._clock = issuers, now

    def mint(  # noqa: PLR0913 - every property of a token, keyword-only
        self,
        *,
        namespace: str = "default",
        service_account: str = "default",
        pod: str = "",
        node: str = "",
        cluster: str = "test",
        region: str = "us-east-1",
        audience: str = "",
        claims: Mapping[str, Any] | None = None,
        without: Sequence[str] = (),
        validity: int | None = None,
        at: datetime | None = None,
        register_provider: bool = False,
    ) -> Minted:
        """Return the token that a cluster of Amazon EKS projects into a pod.

        The arguments are those of `Workload`, and otherwise those of `Issuers.mint`. A token is valid for a day, as those of EKS are.

        Raises:
            ValidationError: Checks ``workload``, ``validity``.
            AccountFaults: The account cannot be changed.
        """
        check_validity(validity)
        workload = Workload(namespace=namespace, service_account=service_account, pod=pod, node=node, cluster=cluster, region=region)
        forge = self._issuers.forge(shape_named(SHAPE), url=workload.issuer)
        issued = self._clock.now() if at is None else clock.resolve(at)
        usual = {
            **forge.claims(at=issued, subject=workload.subject, audience=audience),
            **workload.claims(at=issued),
            "jti": str(uuid4()),
            **({} if validity is None else {"exp": int(issued.timestamp()) + validity}),
        }
        in_order = dict(sorted(usual.items()))  # as the API server writes them
        return self._issuers.sign(forge, {**in_order, **(claims or {})}, without=without, register_provider=register_provider)
