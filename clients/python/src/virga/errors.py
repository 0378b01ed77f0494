"""What the server says of a call that failed."""

import grpc
from google.rpc.error_details_pb2 import ErrorInfo
from grpc_status import rpc_status


def error_info(error: grpc.RpcError) -> ErrorInfo | None:
    """Reason (a code `VIRGA_*` of the closed list of virga/v1/error.proto) and place (file, record, field, expected) of a failure.

    None where the failure did not come from a Virga server, such as one that cannot be reached.
    """
    if not isinstance(error, grpc.Call):
        return None
    status = rpc_status.from_call(error)
    info = ErrorInfo()
    for detail in status.details if status is not None else ():
        if detail.Unpack(info):
            return info
    return None
