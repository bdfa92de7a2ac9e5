"""What `yipan doctor` looks at, one file per subject."""
