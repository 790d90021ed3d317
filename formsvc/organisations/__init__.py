"""Members and organisations with dated history: the source of superior, workplace and residence."""
