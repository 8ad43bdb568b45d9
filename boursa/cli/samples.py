"""Sample data for a new installation: real series, read as a person's own French file would be."""

from __future__ import annotations

from sqlalchemy import select

from boursa.runtime import Runtime
from boursa.services import analyses, datasets, policy
from boursa.storage.models import Dataset, User

SAMPLES = ("vix", "usdxof", "sp500")


def load(held: Runtime, owner: User) -> None:
    """Bring the samples in for `owner` and ask for their Bilans, unless the installation has data already."""
    with held.unit_of_work() as session:
        if session.scalar(select(Dataset.id).limit(1)) is not None:
            return
    from boursa.cli import files, recording  # PyArrow, which the second start does not need
    from boursa.ingest import read  # the same
    from boursa.providers import registry  # the same

    for name in SAMPLES:
        prices = registry.get("samples").fetch(name)
        content = prices.as_french_csv()
        table = read(content, name=f"{prices.name}.csv", limits=files.limits()).settled()
        parsed = recording.parsed_of(held, table, content)
        with held.unit_of_work() as session:
            actor = policy.actor_of(session, owner)
            version = datasets.bring_in(session, actor, parsed)
            dataset = session.get_one(Dataset, version.data_file_id)
            dataset.file_metadata = {"licence": prices.licence}
            analyses.request(session, actor, "analysis", version, {})
