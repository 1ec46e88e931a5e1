"""What pyproject.toml cannot say: scenarios/ stands at the top and is installed inside the package, as sim/shipped."""

from setuptools import find_packages, setup

setup(
    packages=[*find_packages(include=["sim", "sim.*"]), "sim.shipped"],
    package_dir={"sim.shipped": "scenarios"},
)
