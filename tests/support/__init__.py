"""What several test modules share: the miniature upstream, values, servers."""
