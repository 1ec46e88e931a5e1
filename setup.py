"""What pyproject.toml cannot say: scenarios/ and docs/evidence.csv are installed inside the package.

They become sim/shipped and sim/documents.
"""

from setuptools import find_packages, setup

setup(
    packages=[*find_packages(include=["sim", "sim.*"]), "sim.shipped", "sim.documents"],
    package_dir={"sim.shipped": "scenarios", "sim.documents": "docs"},
)
