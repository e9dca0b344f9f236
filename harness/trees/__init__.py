"""All of git: bases, patches and checkouts in one repository for each upstream."""
