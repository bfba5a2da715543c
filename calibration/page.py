def write_page(folder, docs):
    pass
