def create_instance(c_instance):
    return None
