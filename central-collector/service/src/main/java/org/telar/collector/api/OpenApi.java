package org.telar.collector.api;

import java.util.Map;

import io.swagger.v3.oas.models.Components;
import io.swagger.v3.oas.models.OpenAPI;
import io.swagger.v3.oas.models.info.Info;
import io.swagger.v3.oas.models.info.License;
import io.swagger.v3.oas.models.media.Content;
import io.swagger.v3.oas.models.media.MediaType;
import io.swagger.v3.oas.models.media.Schema;
import io.swagger.v3.oas.models.responses.ApiResponse;
import io.swagger.v3.oas.models.security.SecurityRequirement;
import io.swagger.v3.oas.models.security.SecurityScheme;
import org.springdoc.core.customizers.OperationCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The description of the API for programs: {@code GET /api/v1/openapi}. */
@Configuration(proxyBeanMethods = false)
class OpenApi {
    private static final String BEARER = "bearer";

    @Bean
    OpenAPI openApiDescription() {
        return new OpenAPI()
                .info(new Info()
                        .title("Telar collector")
                        .version("1")
                        .description(
                                "Registry, orders, plans, N2PLoad, events and the delivery to the Legacy. Errors are"
                                        + " application/problem+json with a code that does not change and a sentence in the language"
                                        + " of Accept-Language (es, en). Lists come in pages: page from 0, size up to 1,000.")
                        .license(new License().name("GPL-3.0-or-later")))
                .components(new Components()
                        .addSecuritySchemes(
                                BEARER,
                                new SecurityScheme()
                                        .type(SecurityScheme.Type.HTTP)
                                        .scheme(BEARER)
                                        .description(
                                                "A login of a person (POST /api/v1/logins) or a token of a program"))
                        .addSchemas("Problem", problem()))
                .addSecurityItem(new SecurityRequirement().addList(BEARER));
    }

    @Bean
    OperationCustomizer problemResponses() {
        return (operation, handler) -> {
            Content content = new Content()
                    .addMediaType(
                            "application/problem+json",
                            new MediaType().schema(new Schema<>().$ref("#/components/schemas/Problem")));
            operation
                    .getResponses()
                    .addApiResponse(
                            "default",
                            new ApiResponse()
                                    .description("What is wrong, and what to do")
                                    .content(content));
            return operation;
        };
    }

    private static Schema<?> problem() {
        Schema<Object> schema = new Schema<>();
        schema.setType("object");
        schema.setProperties(Map.of(
                "status", new Schema<>().type("integer"),
                "title", new Schema<>().type("string"),
                "code", new Schema<>().type("string").description("Does not change with the language"),
                "detail", new Schema<>().type("string").description("What, why, and the way out")));
        return schema;
    }
}
