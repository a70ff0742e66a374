def create_instance(c_instance):
    raise ValueError("cannot start")
