namespace Realtime.Hosting.Metrics;

/// <summary>How OTLP is spoken.</summary>
public enum OtlpProtocol
{
    /// <summary>Protocol buffers in POSTs; collectors listen on 4318 for it.</summary>
    HttpProtobuf,

    /// <summary>gRPC; collectors listen on 4317 for it.</summary>
    Grpc,
}
