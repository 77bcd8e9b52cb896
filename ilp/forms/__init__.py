from ilp.forms.contact import ContactForm

__all__ = ["ContactForm"]
