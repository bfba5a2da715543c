"""Who is who, who may see what, and what is kept of it: organization, permissions, audit, agreement, oversight, notices, pages."""
