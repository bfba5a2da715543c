"""What every page has: base template, stylesheet, headers, navigation, the style page."""
