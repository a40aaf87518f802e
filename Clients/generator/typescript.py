def render(api): return {}
