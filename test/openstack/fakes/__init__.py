"""The bottom of this OpenStack: what would be a hypervisor, a network and a storage does nothing, and says that it was done."""
