import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import software.amazon.awssdk.awscore.AwsClient;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.SdkField;
import software.amazon.awssdk.core.SdkPojo;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.protocol.MarshallingType;
import software.amazon.awssdk.core.traits.ListTrait;
import software.amazon.awssdk.core.util.SdkAutoConstructList;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.protocols.jsoncore.JsonNode;
import software.amazon.awssdk.protocols.jsoncore.JsonNodeParser;
import software.amazon.awssdk.protocols.jsoncore.JsonWriter;
import software.amazon.awssdk.retries.DefaultRetryStrategy;
import software.amazon.awssdk.services.iam.IamClient;
import software.amazon.awssdk.services.sts.StsClient;
import software.amazon.awssdk.utils.builder.SdkBuilder;

/** Calls by the AWS SDK for Java v2: a JSON list on standard input names them, a JSON list on standard output says what came of each. */
public final class Call {
    private Call() {}

    public static void main(String[] arguments) throws IOException, ReflectiveOperationException {
        var http = UrlConnectionHttpClient.create();
        var once = DefaultRetryStrategy.doNotRetry();
        Map<String, AwsClient> clients = Map.of(
                "sts", StsClient.builder().httpClient(http).overrideConfiguration(o -> o.retryStrategy(once)).build(),
                "iam", IamClient.builder().httpClient(http).overrideConfiguration(o -> o.retryStrategy(once)).build());
        var outcomes = JsonWriter.create();
        outcomes.writeStartArray();
        for (JsonNode call : JsonNodeParser.create().parse(System.in).asArray()) {
            Map<String, JsonNode> named = call.asObject();
            made(clients.get(named.get("service").asString()), named.get("operation").asString(), named.get("input"), outcomes);
        }
        outcomes.writeEndArray();
        System.out.write(outcomes.getBytes());
        System.out.flush();
    }

    private static void made(AwsClient client, String operation, JsonNode input, JsonWriter outcomes) throws ReflectiveOperationException {
        Method method = method(client, Character.toLowerCase(operation.charAt(0)) + operation.substring(1));
        var builder = (SdkPojo) method.getParameterTypes()[0].getMethod("builder").invoke(null);
        fill(builder, input);
        Object request = ((SdkBuilder<?, ?>) builder).build();
        outcomes.writeStartObject();
        try {
            Object answer = method.invoke(client, request);
            outcomes.writeFieldName("answer");
            write(answer, outcomes);
        } catch (InvocationTargetException failed) {
            outcomes.writeFieldName("error");
            write(told(failed.getCause()), outcomes);
        }
        outcomes.writeEndObject();
    }

    private static Method method(AwsClient client, String name) throws NoSuchMethodException {
        Class<?> face = client instanceof StsClient ? StsClient.class : IamClient.class;
        for (Method method : face.getMethods()) {
            if (method.getName().equals(name) && method.getParameterCount() == 1 && SdkPojo.class.isAssignableFrom(method.getParameterTypes()[0])) {
                return method;
            }
        }
        throw new NoSuchMethodException(name);
    }

    /** Sets the members of a builder that <em>input</em> names. */
    private static void fill(SdkPojo builder, JsonNode input) {
        Map<String, JsonNode> given = input.asObject();
        for (SdkField<?> field : builder.sdkFields()) {
            if (given.containsKey(field.memberName())) {
                field.set(builder, value(field, given.get(field.memberName())));
            }
        }
    }

    private static Object value(SdkField<?> field, JsonNode node) {
        MarshallingType<?> type = field.marshallingType();
        if (type == MarshallingType.LIST) {
            SdkField<?> member = field.getTrait(ListTrait.class).memberFieldInfo();
            List<Object> values = new ArrayList<>();
            for (JsonNode each : node.asArray()) {
                values.add(value(member, each));
            }
            return values;
        }
        if (type == MarshallingType.SDK_POJO) {
            SdkPojo builder = field.constructor().get();
            fill(builder, node);
            return ((SdkBuilder<?, ?>) builder).build();
        }
        if (type == MarshallingType.INTEGER) {
            return Integer.valueOf(node.asNumber());
        }
        return type == MarshallingType.BOOLEAN ? (Object) node.asBoolean() : node.asString();
    }

    /** What the SDK makes of an error; one of the classes of a service's own model is a modelled exception. */
    private static Map<String, Object> told(Throwable failure) {
        Map<String, Object> told = new LinkedHashMap<>();
        told.put("message", String.valueOf(failure.getMessage()));
        told.put("modelled", failure.getClass().getPackageName().endsWith(".model") && failure.getClass().getSuperclass() != AwsServiceException.class);
        if (failure instanceof AwsServiceException refused) {
            told.put("code", refused.awsErrorDetails().errorCode());
            told.put("message", refused.awsErrorDetails().errorMessage());
            told.put("status", refused.statusCode());
        } else if (!(failure instanceof SdkException)) {
            throw new IllegalStateException(failure);
        }
        return told;
    }

    private static void write(Object value, JsonWriter writer) {
        if (value instanceof SdkPojo pojo) {
            writer.writeStartObject();
            for (SdkField<?> field : pojo.sdkFields()) {
                Object member = field.getValueOrDefault(pojo);
                if (member != null && !(member instanceof SdkAutoConstructList)) {
                    writer.writeFieldName(field.memberName());
                    write(member, writer);
                }
            }
            writer.writeEndObject();
        } else if (value instanceof Map<?, ?> map) {
            writer.writeStartObject();
            map.forEach((name, member) -> {
                writer.writeFieldName((String) name);
                write(member, writer);
            });
            writer.writeEndObject();
        } else if (value instanceof List<?> list) {
            writer.writeStartArray();
            list.forEach(each -> write(each, writer));
            writer.writeEndArray();
        } else if (value instanceof Boolean flag) {
            writer.writeValue(flag.booleanValue());
        } else if (value instanceof Integer number) {
            writer.writeValue(number.intValue());
        } else if (value instanceof Instant instant) {
            writer.writeValue(instant.toString());
        } else {
            writer.writeValue(String.valueOf(value));
        }
    }
}
