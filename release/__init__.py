"""What makes a release: the metadata of the package, its builds, its bill of materials, the licences of what it depends on."""
