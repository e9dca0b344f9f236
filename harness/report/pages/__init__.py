"""Reports as pages of HTML: one file each, which needs no network and no script."""
