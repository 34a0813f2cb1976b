"""Terms of services and licences of models, as dated data, and which of them were in force on a day."""
