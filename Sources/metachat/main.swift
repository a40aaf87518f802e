print("metachat")
