"""The app with the tables that the queries here are about."""
